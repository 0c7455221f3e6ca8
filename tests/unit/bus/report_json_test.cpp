#include "bus/report_json.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

namespace linkspan::bus {
namespace {

using namespace std::chrono;
constexpr WallTime moment = WallTime{sys_days{2026y / November / 20}} + 11h + 6min + 57s;

ike::IkeSa sa()
{
    return {
        .connection = {"azure-hub"},
        .unique_id = 7,
        .state = ike::IkeState::Established,
        .local = *IpAddress::parse("203.0.113.10"),
        .remote = *IpAddress::parse("198.51.100.7"),
        .local_id = "edge-1",
        .remote_id = "198.51.100.7",
        .algorithms = "AES_GCM_16-256/PRF_HMAC_SHA2_384/ECP_384",
        .spi_initiator = 0x1122334455667788,
        .spi_responder = 0x0000000000000001,
        .initiator = true,
        .age = 185,
        .rekey_in = 13000,
        .children = {{.name = "azure-hub",
                      .unique_id = 9,
                      .reqid = {0x10874e03},
                      .state = ike::ChildState::Installed,
                      .spi_in = {0xc1},
                      .spi_out = {0xffffffff},
                      .encapsulated = true,
                      .algorithms = "AES_GCM_16-256",
                      .bytes_in = 1,
                      .bytes_out = 18446744073709551615U,
                      .packets_in = 3,
                      .packets_out = 4,
                      .age = 180,
                      .rekey_in = 3000,
                      .local_ts = {"10.1.0.0/16"},
                      .remote_ts = {"10.20.0.0/16"}}},
    };
}

ConnectionReport connection()
{
    return {
        .name = {"azure-hub"},
        .id = {0x10874e03},
        .state = State::Degraded,
        .since = moment,
        .start = "always",
        .interface = "vti",
        .device = {"ls-azure-hub"},
        .mtu = 1422,
        .local = "203.0.113.10",
        .peer = "198.51.100.7",
        .tunnel_addresses = {"169.254.21.2/30"},
        .local_subnets = {"10.1.0.0/16"},
        .remote_subnets = {"10.20.0.0/16", "10.21.0.0/16"},
        .sas = {sa()},
        .unsynced = {{{"azure-hub"}, "route 10.20.0.0/16", "no such device", moment, 2, 4}},
        .warnings = {"the peer is behind NAT"},
        .last_error = LastError{"no answer from 198.51.100.7", moment},
        .last_repair = LastError{"route 10.21.0.0/16", moment},
    };
}

TEST(ReportJson, ConnectionIsComplete)
{
    EXPECT_EQ(
        to_json(connection()),
        R"({"schema":1,"name":"azure-hub","id":"0x10874e03","reqid":277302787,"state":"degraded",)"
        R"("since":"2026-11-20T11:06:57Z","in_sync":false,"start":"always","interface":"vti","device":"ls-azure-hub",)"
        R"("mtu":1422,"local":"203.0.113.10","peer":"198.51.100.7","peer_name":"","tunnel_addresses":["169.254.21.2/30"],)"
        R"("local_subnets":["10.1.0.0/16"],"remote_subnets":["10.20.0.0/16","10.21.0.0/16"],)"
        R"("nat":[],"rules":[],"nat_in":null,"nat_out":null,)"
        R"("backup_of":null,"carries":true,"probe":null,"transit":[],)"
        R"("sas":[{"unique_id":7,"state":"established","local":"203.0.113.10","remote":"198.51.100.7",)"
        R"("local_id":"edge-1","remote_id":"198.51.100.7","algorithms":"AES_GCM_16-256/PRF_HMAC_SHA2_384/ECP_384",)"
        R"("spi_initiator":"0x1122334455667788","spi_responder":"0x0000000000000001","initiator":true,"age":185,)"
        R"("rekey_in":13000,"children":[{"name":"azure-hub","unique_id":9,"state":"installed","reqid":277302787,)"
        R"("spi_in":"0x000000c1","spi_out":"0xffffffff","encapsulated":true,"algorithms":"AES_GCM_16-256",)"
        R"("bytes_in":1,"bytes_out":18446744073709551615,"packets_in":3,"packets_out":4,"age":180,"rekey_in":3000,)"
        R"("local_ts":["10.1.0.0/16"],"remote_ts":["10.20.0.0/16"]}]}],"static_sas":[],)"
        R"("dropped":{"late":0,"replayed":0,"forged":0},)"
        R"("unsynced":[{"connection":"azure-hub","object":"route 10.20.0.0/16","why":"no such device",)"
        R"("since":"2026-11-20T11:06:57Z","attempts":2,"retry_in":4}],"warnings":["the peer is behind NAT"],)"
        R"("cause":null,"last_error":{"what":"no answer from 198.51.100.7","when":"2026-11-20T11:06:57Z"},)"
        R"("last_repair":{"what":"route 10.21.0.0/16","when":"2026-11-20T11:06:57Z"}})");
}

TEST(ReportJson, WhatIsNotKnownIsNull)
{
    EXPECT_EQ(to_json(GatewayReport{.name = "edge-1", .version = "0.1.0"}),
              R"({"schema":1,"name":"edge-1","version":"0.1.0","files":[],"loaded":null,"config_error":null,)"
              R"("in_sync":false,"reconciliations":0,"writes":0,)"
              R"("ike":{"connected":false,"version":null,"since":null,"error":null},)"
              R"("unsynced":[],"warnings":[],"xfrm_drops":[],"egress":null,"connections":[]})");
}

TEST(ReportJson, GatewayListsItsConnections)
{
    GatewayReport report;
    report.connections = {{.name = {"a"}}, {.name = {"b"}}};
    const std::string text = to_json(report);
    EXPECT_NE(text.find(R"("connections":[{"name":"a",)"), std::string::npos) << text;
    EXPECT_NE(text.find(R"("last_repair":null},{"name":"b",)"), std::string::npos) << text;
    EXPECT_TRUE(text.ends_with(R"("last_repair":null}]})")) << text;
}

TEST(ReportJson, PlanAndApply)
{
    const StepReport step{"update", {"azure-hub"}, "link ls-azure-hub", "mtu 1400 -> 1422"};
    EXPECT_EQ(to_json(PlanReport{{step}, {{{}, "link ls-aws", "a dummy link", {}, 0, 0}}}),
              R"({"schema":1,"steps":[{"verb":"update","connection":"azure-hub","object":"link ls-azure-hub",)"
              R"("detail":"mtu 1400 -> 1422"}],"conflicts":[{"connection":null,"object":"link ls-aws",)"
              R"("why":"a dummy link","since":null,"attempts":0,"retry_in":0}]})");
    EXPECT_EQ(to_json(ApplyReport{}), R"({"schema":1,"in_sync":true,"done":[],"unsynced":[]})");
}

void collect_keys(const boost::json::value& value, std::set<std::string>& keys)
{
    if (value.is_array())
        for (const auto& element : value.get_array()) collect_keys(element, keys);
    if (!value.is_object()) return;
    for (const auto& member : value.get_object()) {
        keys.insert(member.key());
        collect_keys(member.value(), keys);
    }
}

TEST(ReportJson, EveryMemberIsDocumented)
{
    std::ostringstream manual;
    manual << std::ifstream(LINKSPAN_SOURCE_DIR "/docs/json.md").rdbuf();
    GatewayReport gateway;
    gateway.connections = {connection()};
    gateway.xfrm_drops = {{"XfrmOutNoStates", 7, "out: no SA"}};
    std::set<std::string> keys;
    collect_keys(boost::json::parse(to_json(gateway)), keys);
    collect_keys(boost::json::parse(to_json(PlanReport{.steps = {{}}})), keys);
    EXPECT_GT(keys.size(), 50U);
    for (const std::string& key : keys)
        EXPECT_TRUE(manual.str().contains('`' + key + '`') || manual.str().contains('"' + key + '"')) << key;
}

TEST(ReportJson, IsUtf8WhateverAPeerCallsItself)
{
    ConnectionReport report;
    report.sas = {sa()};
    report.sas[0].remote_id = "\xc3(\"";
    EXPECT_NE(to_json(report).find("\"remote_id\":\"\xef\xbf\xbd(\\\"\""), std::string::npos);
}

TEST(ReportJson, ACauseIsAnObjectOrNull)
{
    auto report = connection();
    EXPECT_TRUE(boost::json::parse(to_json(report)).at("cause").is_null());
    report.cause = {"psk", "the peer's pre-shared key is not ours", "compare", "either", "tried \xff", moment};
    const auto cause = boost::json::parse(to_json(report)).at("cause");
    EXPECT_EQ(cause.at("code"), "psk");
    EXPECT_EQ(cause.at("side"), "either");
    EXPECT_EQ(cause.at("advice"), "compare");
    EXPECT_EQ(cause.at("when"), "2026-11-20T11:06:57Z");
    EXPECT_TRUE(cause.at("said").is_string()) << "whatever bytes a peer made charon say";
}

} // namespace
} // namespace linkspan::bus
