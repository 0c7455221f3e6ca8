#include "bus/pair_json.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace linkspan::bus {
namespace {

boost::json::object read(const pair::Report& report)
{
    return boost::json::parse(to_json(report)).as_object();
}

TEST(PairJson, APeerThatWasNeverHeardIsNull)
{
    const auto json = read({.self = ha::Node::Second, .role = ha::Role::Standby, .epoch = {4}});
    EXPECT_TRUE(json.at("peer").is_null());
    EXPECT_EQ(json.at("node"), "second");
    EXPECT_EQ(json.at("role"), "standby");
    EXPECT_EQ(json.at("epoch"), 4);
    EXPECT_TRUE(json.at("trouble").is_null());
}

TEST(PairJson, ThePeerIsToldByItsHeartbeat)
{
    pair::Report report{.peer_present = true, .peer_ready = true, .peer_heard = 40};
    report.peer = {.role = ha::Role::Active, .epoch = {7}, .replication = {.sas = 4, .counters_age = 0xffffffff}};
    const auto json = read(report);
    const auto& peer = json.at("peer").as_object();
    EXPECT_EQ(peer.at("role"), "active");
    EXPECT_EQ(peer.at("heard_ms"), 40);
    EXPECT_EQ(peer.at("ready"), true);
    EXPECT_EQ(peer.at("replication").at("sas"), 4);
    EXPECT_TRUE(peer.at("replication").at("counters_age_ms").is_null()) << "never";
}

TEST(PairJson, TellsWhatOfTheFilesDiffers)
{
    EXPECT_EQ(boost::json::serialize(read({.differing = {ha::Section::Connections, ha::Section::Keys}}).at("differs")),
              R"(["connections","keys"])");
    EXPECT_EQ(boost::json::serialize(read({}).at("differs")), "[]");
}

TEST(PairJson, TellsHowSessionsAreCopied)
{
    pair::Report report;
    report.sessions = {.told = 7, .waiting = 2, .behind = std::chrono::milliseconds{30}, .left_out = 1};
    const auto json = read(report);
    const auto& sessions = json.at("sessions").as_object();
    EXPECT_EQ(sessions.at("told"), 7);
    EXPECT_EQ(sessions.at("waiting"), 2);
    EXPECT_EQ(sessions.at("behind_ms"), 30);
    EXPECT_EQ(sessions.at("left_out"), 1);
    EXPECT_TRUE(sessions.at("problem").is_null());
    report.sessions.problem = "no room";
    EXPECT_EQ(read(report).at("sessions").at("problem"), "no room");
}

TEST(PairJson, TellsWhatIsMovedOutside)
{
    EXPECT_TRUE(read({}).at("outside").at("takeover").is_null()) << "nobody moves anything";
    const takeover::Request take{takeover::Verb::Take, {18}};
    pair::Report report{.moving = {.by = "exec", .asked = take}};
    auto mover = read(report).at("outside").at("takeover").as_object();
    EXPECT_EQ(mover.at("asked"), "take");
    EXPECT_EQ(mover.at("epoch"), 18);
    EXPECT_EQ(mover.at("state"), "under way");
    report.moving.told = takeover::Report{take, takeover::Outcome::Failed, "exited with status 1"};
    mover = read(report).at("outside").at("takeover").as_object();
    EXPECT_EQ(mover.at("state"), "failed");
    EXPECT_EQ(mover.at("detail"), "exited with status 1");
}

TEST(PairJson, TellsOfAnArbiter)
{
    EXPECT_TRUE(read({}).at("outside").at("arbiter").is_null()) << "nobody is asked";
    const auto json = read({.arbiter = {.by = "etcd", .epoch = {18}, .problem = "no answer in time"}});
    const auto& arbiter = json.at("outside").at("arbiter").as_object();
    EXPECT_EQ(arbiter.at("answers"), false);
    EXPECT_EQ(arbiter.at("epoch"), 18);
    EXPECT_EQ(arbiter.at("problem"), "no answer in time");
}

TEST(PairJson, EventsHaveTheirCause)
{
    const ha::Note note{ha::Cause::PeerSilent, ha::Role::Standby, ha::Role::Claim, {9}};
    const auto json = read({.notes = {{WallTime{std::chrono::seconds{1'795'173'000}}, note, "silence"}}});
    const auto& events = json.at("events").as_array();
    ASSERT_EQ(events.size(), 1);
    EXPECT_EQ(events[0].at("cause"), "peer-silent");
    EXPECT_EQ(events[0].at("to"), "claim");
    EXPECT_EQ(events[0].at("time"), "2026-11-20T11:10:00Z");
}

TEST(PairJson, EveryReasonForRefusingADatagramHasACount)
{
    pair::Report report;
    report.rejected[static_cast<std::size_t>(ha::Rejection::Replayed)] = 3;
    const auto json = read(report);
    const auto& rejected = json.at("rejected").as_object();
    EXPECT_EQ(rejected.size(), ha::rejections);
    EXPECT_EQ(rejected.at("replayed"), 3);
}

} // namespace
} // namespace linkspan::bus
