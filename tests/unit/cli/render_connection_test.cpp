#include "cli/render.h"
#include "cli/units.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace linkspan::cli {
namespace {

const WallTime now = *parse_time("2026-11-20T11:10:02Z");

boost::json::object parse(std::string_view text)
{
    return boost::json::parse(text).as_object();
}

TEST(RenderConnection, ShowsEverySaWithItsTraffic)
{
    const auto connection = parse(R"({"schema":1,"name":"azure-hub","id":"0x10874e03","reqid":277302787,"state":"up",
      "since":"2026-11-20T11:06:57Z","in_sync":true,"start":"always","interface":"vti","device":"ls-azure-hub",
      "mtu":1422,"local":"203.0.113.10","peer":"198.51.100.7","tunnel_addresses":["169.254.21.2/30"],
      "local_subnets":["10.1.0.0/16"],"remote_subnets":["10.20.0.0/16","10.21.0.0/16"],
      "sas":[{"unique_id":7,"state":"established","local":"203.0.113.10","remote":"198.51.100.7","local_id":"edge-1",
        "remote_id":"198.51.100.7","algorithms":"AES_GCM_16-256/PRF_HMAC_SHA2_384/ECP_384",
        "spi_initiator":"0x1122334455667788","spi_responder":"0x99aabbccddeeff00","initiator":true,"age":185,
        "rekey_in":13000,"children":[{"name":"azure-hub","unique_id":9,"state":"installed","reqid":277302787,
          "spi_in":"0xc1234567","spi_out":"0x0badcafe","encapsulated":true,"algorithms":"AES_GCM_16-256",
          "bytes_in":1234567,"bytes_out":987654321,"packets_in":1,"packets_out":88000,"age":180,"rekey_in":0,
          "local_ts":["10.1.0.0/16"],"remote_ts":["10.20.0.0/16"]}]}],"dropped":{"late":1000,"replayed":0,"forged":1},
      "unsynced":[],"warnings":[],"last_error":null,"last_repair":null})");
    EXPECT_EQ(render_connection(connection, {}, now), R"(azure-hub: up since 2026-11-20 11:06:57 UTC (3 min 5 s ago)
  peer      198.51.100.7 from 203.0.113.10, start always
  device    ls-azure-hub (vti), mtu 1422, 169.254.21.2/30
  subnets   10.1.0.0/16 <-> 10.20.0.0/16 10.21.0.0/16
  id        0x10874e03 (mark, key, if_id), reqid 277302787
  ike #7    established for 3 min 5 s, initiated here, rekeys in 3 h 36 min
            AES_GCM_16-256/PRF_HMAC_SHA2_384/ECP_384
            SPI 0x1122334455667788 (initiator), 0x99aabbccddeeff00 (responder)
            203.0.113.10 [edge-1] <-> 198.51.100.7
  child #9  installed for 3 min, ESP in UDP
            AES_GCM_16-256
            in   SPI 0xc1234567     1.2 MiB  1 packet
            out  SPI 0x0badcafe   941.9 MiB  88000 packets
            10.1.0.0/16 <-> 10.20.0.0/16
  dropped   1 packet failed the integrity check, 1000 packets came too late for the replay window
)");
}

TEST(RenderConnection, SaysWhatWentWrongAndWhatWasRepaired)
{
    const auto connection = parse(R"({"name":"aws","id":"0x1df1fc33","reqid":502398003,"state":"failed",
      "since":"2026-11-20T11:10:00Z","start":"on-demand","interface":"xfrm","device":"ls-aws","mtu":1400,
      "local":"203.0.113.10","peer":"198.51.100.9","tunnel_addresses":[],"local_subnets":["10.1.0.0/16"],
      "remote_subnets":["10.30.0.0/16"],"sas":[],
      "unsynced":[{"connection":"aws","object":"route 10.30.0.0/16 dev ls-aws","why":"File exists",
                   "since":"2026-11-20T11:09:00Z","attempts":4,"retry_in":16}],
      "warnings":["200 connections: interface = \"xfrm\" is faster"],
      "last_error":{"what":"198.51.100.9 refused: AUTHENTICATION_FAILED","when":"2026-11-20T11:09:22Z"},
      "last_repair":{"what":"policy out 10.1.0.0/16 -> 10.30.0.0/16","when":"2026-11-20T11:09:02Z"}})");
    EXPECT_EQ(render_connection(connection, {}, now), R"(aws: failed since 2026-11-20 11:10:00 UTC (2 s ago)
  peer        198.51.100.9 from 203.0.113.10, start on-demand
  device      ls-aws (xfrm), mtu 1400
  subnets     10.1.0.0/16 <-> 10.30.0.0/16
  id          0x1df1fc33 (mark, key, if_id), reqid 502398003
  last error  198.51.100.9 refused: AUTHENTICATION_FAILED
              2026-11-20 11:09:22 UTC (40 s ago)
  repaired    policy out 10.1.0.0/16 -> 10.30.0.0/16
              2026-11-20 11:09:02 UTC (1 min ago)
  warnings    200 connections: interface = "xfrm" is faster
  not in sync
    route 10.30.0.0/16 dev ls-aws
      File exists
      since 2026-11-20 11:09:00 UTC (1 min 2 s ago), 4 attempts, next in 16 s
)");
}

TEST(RenderConnection, WhatAPeerCallsItselfCannotWriteToTheTerminal)
{
    const auto connection = parse(R"({"name":"a","sas":[{"local":"192.0.2.1","remote":"192.0.2.2",
      "remote_id":"\u001b]0;owned\u0007"}]})");
    EXPECT_EQ(render_connection(connection, {}, now).find('\x1b'), std::string::npos);
}

TEST(RenderConnection, SaysTheCauseAndWhoCanMendIt)
{
    const auto connection = parse(R"({"name":"aws","id":"0x1df1fc33","reqid":1,"state":"connecting",
      "since":"2026-11-20T11:10:00Z","start":"always","interface":"xfrm","device":"ls-aws","mtu":1400,
      "local":"203.0.113.10","peer":"198.51.100.9","tunnel_addresses":[],"local_subnets":[],"remote_subnets":[],
      "sas":[],"unsynced":[],"warnings":[],"cause":{"code":"psk","what":"the peer's pre-shared key is not ours",
      "advice":"put the same secret on both sides","side":"either","said":"tried 1 \u001b[31mshared key",
      "when":"2026-11-20T11:09:22Z"}})");
    const auto text = render_connection(connection, {}, now);
    EXPECT_TRUE(text.contains("  cause        the peer's pre-shared key is not ours\n"
                              "  mend either  put the same secret on both sides\n"
                              "               charon, 2026-11-20 11:09:22 UTC (40 s ago): tried 1 ?[31mshared key\n"))
        << text;
}

} // namespace
} // namespace linkspan::cli
