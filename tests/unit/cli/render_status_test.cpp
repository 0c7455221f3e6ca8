#include "cli/render.h"
#include "cli/units.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace linkspan::cli {
namespace {

const WallTime now = *parse_time("2026-11-20T11:10:02Z");

boost::json::object gateway()
{
    return boost::json::parse(R"({"schema":1,"name":"edge-1","version":"0.1.0",
      "files":["/etc/linkspan/linkspan.toml","/etc/linkspan/linkspan.d/10-aws.toml"],"loaded":"2026-11-20T06:10:02Z",
      "config_error":null,"in_sync":true,"reconciliations":12,"writes":1,
      "ike":{"connected":true,"version":"strongSwan 5.9.8","since":"2026-11-20T06:10:02Z","error":null},
      "unsynced":[],"warnings":[],"connections":[
        {"name":"aws","state":"connecting","since":"2026-11-20T11:09:00Z","in_sync":true,"peer":"2001:db8::7",
         "device":"ls-aws","sas":[]},
        {"name":"azure-hub","state":"up","since":"2026-11-20T06:11:02Z","in_sync":true,"peer":"198.51.100.7",
         "device":"ls-azure-hub","sas":[{"children":[{"bytes_in":1234567,"bytes_out":100},
                                                     {"bytes_in":1,"bytes_out":24}]}]}]})")
        .as_object();
}

TEST(RenderStatus, ALineForEveryConnection)
{
    EXPECT_EQ(render_status(gateway(), {}, now), R"(edge-1: in sync
  agent   linkspan 0.1.0, 2 connections: 1 connecting, 1 up
  files   /etc/linkspan/linkspan.toml /etc/linkspan/linkspan.d/10-aws.toml
  loaded  2026-11-20 06:10:02 UTC (5 h ago)
  ike     strongSwan 5.9.8, connected since 2026-11-20 06:10:02 UTC (5 h ago)
  work    12 reconciliations, 1 write

NAME       STATE       FOR         PEER          DEVICE             IN    OUT  SYNC
aws        connecting  1 min 2 s   2001:db8::7   ls-aws            0 B    0 B  yes
azure-hub  up          4 h 59 min  198.51.100.7  ls-azure-hub  1.2 MiB  124 B  yes
)");
}

TEST(RenderStatus, TellsEverythingThatIsWrong)
{
    auto object = gateway();
    object["in_sync"] = false;
    object["config_error"] = "linkspan.toml:3:1: error: unknown key \"peeer\"\n  help: did you mean \"peer\"?\n";
    object["ike"] = {{"connected", false}, {"error", "cannot connect to /run/linkspan-ike/charon.vici"}};
    object["connections"] = boost::json::array{};
    object["warnings"] = {"the clock is not set"};
    object["unsynced"] = {{{"connection", "aws"},
                           {"object", "route 10.20.0.0/16 dev ls-aws"},
                           {"why", "File exists"},
                           {"since", "2026-11-20T11:09:00Z"},
                           {"attempts", 4},
                           {"retry_in", 16}}};
    EXPECT_EQ(render_status(object, {}, now), R"(edge-1: not in sync, 1 object
  agent   linkspan 0.1.0, 0 connections
  files   /etc/linkspan/linkspan.toml /etc/linkspan/linkspan.d/10-aws.toml
  loaded  2026-11-20 06:10:02 UTC (5 h ago)
  ike     not connected: cannot connect to /run/linkspan-ike/charon.vici
  work    12 reconciliations, 1 write

no connections

the newest files are not in force; the ones before them are:
  linkspan.toml:3:1: error: unknown key "peeer"
    help: did you mean "peer"?

not in sync
  aws: route 10.20.0.0/16 dev ls-aws
    File exists
    since 2026-11-20 11:09:00 UTC (1 min 2 s ago), 4 attempts, next in 16 s

warnings
  the clock is not set
)");
}

TEST(RenderStatus, ShowsWhatIpsecDroppedAndWhatItMeans)
{
    auto object = gateway();
    EXPECT_EQ(render_status(object, {}, now).find("dropped"), std::string::npos);
    object["xfrm_drops"] = {{{"counter", "XfrmOutNoStates"}, {"packets", 1207}, {"meaning", "out: no SA"}},
                            {{"counter", "XfrmNewInLinux7"}, {"packets", 1}, {"meaning", nullptr}}};
    EXPECT_TRUE(render_status(object, {}, now).ends_with(R"(
packets that IPsec dropped, of all connections since boot
  1207  XfrmOutNoStates  out: no SA
     1  XfrmNewInLinux7
)")) << render_status(object, {}, now);
}

TEST(RenderStatus, AThousandTroublesAreCountedNotListed)
{
    auto object = gateway();
    boost::json::array troubles;
    for (int i = 0; i < 1000; ++i) troubles.push_back({{"object", "route " + std::to_string(i)}, {"why", "?"}});
    object["unsynced"] = troubles;
    const std::string text = render_status(object, {}, now);
    EXPECT_TRUE(text.ends_with("  and 980 more: linkspan status NAME, or --json\n"));
    EXPECT_EQ(text.find("route 20\n"), std::string::npos);
}

TEST(RenderStatus, SaysWhyConnectionsAreNotUp)
{
    const auto gateway = boost::json::parse(R"({"name":"edge-1","in_sync":true,"connections":[
      {"name":"aws","state":"connecting","cause":{"code":"unreachable","what":"the peer does not answer",
       "advice":"check UDP 500","side":"theirs","said":"x","when":"2026-11-20T11:09:22Z"}},
      {"name":"azure","state":"up","cause":null}]})")
                             .as_object();
    EXPECT_TRUE(render_status(gateway, {}, now)
                    .contains("\nwhy connections are not up\n"
                              "  aws: the peer does not answer\n"
                              "    mend there: check UDP 500\n"));
}

} // namespace
} // namespace linkspan::cli
