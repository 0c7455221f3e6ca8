#include "cli/render.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace linkspan::cli {
namespace {

constexpr WallTime now = WallTime{std::chrono::seconds{1'795'173'005}};

boost::json::object parse(std::string_view text)
{
    return boost::json::parse(text).as_object();
}

TEST(RenderPair, BothGatewaysAndTheLastEvents)
{
    const auto pair = parse(R"j({"node":"first","role":"active","epoch":4,"fit":true,"maintenance":false,"trouble":null,
        "replication":{"sas":4,"counters_age_ms":null,"differs":false},
        "peer":{"present":true,"heard_ms":40,"role":"standby","epoch":4,"fit":true,"ready":true,
                "replication":{"sas":4,"counters_age_ms":120}},
        "events":[{"time":"2026-11-20T11:10:00Z","cause":"granted","text":"claim -> active: the peer has given way (epoch 4)"}]})j");
    EXPECT_EQ(render_pair(pair, {}, now), R"(GATEWAY           ROLE     EPOCH  FIT  COPIED                  HEARD
first (this one)  active       4  yes  4 SAs                   -
second            standby      4  yes  4 SAs, told 120 ms ago  40 ms ago

last events:
  2026-11-20 11:10:00 UTC (5 s ago)  claim -> active: the peer has given way (epoch 4)
)");
}

TEST(RenderPair, WhatIsAmissIsSaid)
{
    const auto pair =
        parse(R"({"node":"second","role":"active","epoch":5,"fit":true,"maintenance":true,"trouble":"the disk is full",
        "replication":{"sas":4,"counters_age_ms":0,"differs":true},"peer":{"present":false,"heard_ms":65000,"role":"active",
        "epoch":4,"fit":true,"ready":false,"replication":{}},"events":[]})");
    const auto text = render_pair(pair, {}, now);
    for (const auto* part : {"trouble: the disk is full", "silent for 1 min 5 s", "nobody could take over",
                             "maintenance: ", "do not have the same SAs"})
        EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
}

TEST(RenderPair, AStandbyThatDoesNotHaveAllSasYet)
{
    const auto text =
        render_pair(parse(R"({"node":"first","role":"active","replication":{},"peer":{"present":true,"role":"standby",)"
                          R"("ready":false,"replication":{"sas":3,"lacks":true}}})"),
                    {}, now);
    EXPECT_NE(text.find("3 SAs, not all yet"), std::string::npos) << text;
    EXPECT_NE(text.find("the other gateway does not have all SAs yet: some tunnels would begin anew there\n"),
              std::string::npos)
        << text;
}

TEST(RenderPair, HowSessionsAreCopied)
{
    const auto shown = [](const char* role, const char* sessions) {
        return render_pair(
            parse(std::string{R"({"node":"first","peer":null,"role":")"} + role + R"(","sessions":)" + sessions + "}"),
            {}, now);
    };
    const auto active = shown("active", R"({"told":7,"own":2,"known":0,"waiting":3,"behind_ms":40,"left_out":0})");
    EXPECT_NE(active.find("sessions: 7 told to the other gateway, 40 ms behind, 2 with an address of this gateway "
                          "alone\n"),
              std::string::npos)
        << active;
    const auto standby =
        shown("standby", R"({"told":0,"known":7,"waiting":0,"left_out":1,"refused":2,"problem":"the table is full"})");
    EXPECT_NE(standby.find("sessions: 7 copied from the other gateway, 1 left out for want of room, 2 refused by the "
                           "kernel\nsessions are not copied as they should be: the table is full\n"),
              std::string::npos)
        << standby;
    const auto full = shown("active", R"({"told":7},"pins":{"waiting":0,"left_out":4096})");
    EXPECT_NE(full.find("what names have opened: 4096 bytes were left out for want of room"), std::string::npos)
        << full;
}

TEST(RenderPair, WhatIsMovedOutsideIsSaid)
{
    const auto text = render_pair(parse(R"({"node":"first","role":"active","peer":null,"outside":{"takeover":
        {"by":"exec","asked":"take","epoch":18,"state":"retrying","detail":"exited with status 1"}}})"),
                                  {}, now);
    EXPECT_NE(text.find("outside: exec: take 18, retrying\n"), std::string::npos) << text;
    const auto none = render_pair(
        parse(R"({"node":"first","role":"active","peer":null,"outside":{"takeover":{"by":"exec","asked":null}}})"), {},
        now);
    EXPECT_EQ(none.find("outside"), std::string::npos) << none;
}

TEST(RenderPair, AnArbiterThatIsAwayIsSaid)
{
    const auto text =
        render_pair(parse(R"({"node":"first","role":"standby","peer":null,"outside":{"takeover":null,"arbiter":
        {"by":"etcd","answers":false,"epoch":18,"problem":"no answer in time"}}})"),
                    {}, now);
    EXPECT_NE(text.find("no arbiter: so nobody takes over\n"), std::string::npos) << text;
}

TEST(RenderPair, APeerThatWasNeverHeard)
{
    const auto text = render_pair(parse(R"({"node":"first","role":"active","peer":null})"), {}, now);
    EXPECT_NE(text.find("the other gateway was never heard"), std::string::npos) << text;
}

} // namespace
} // namespace linkspan::cli
