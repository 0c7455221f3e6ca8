#include "ike/events.h"

#include "fake_charon.h"

#include <gtest/gtest.h>

#include <set>

namespace linkspan::ike {
namespace {

using test::becomes_readable;
using test::FakeCharon;
using Answer = FakeCharon::Answer;

TEST(Events, RegistersForWhatMattersAndNeverForTheLog)
{
    std::set<std::string> registered;
    {
        FakeCharon charon{[&](const Packet& packet) {
            registered.insert(packet.name);
            return FakeCharon::polite(packet).value_or(Answer{});
        }};
        EXPECT_TRUE(Events::connect(charon.path()));
    }
    EXPECT_EQ(registered,
              (std::set<std::string>{"child-rekey", "child-updown", "ike-rekey", "ike-update", "ike-updown"}));
}

TEST(Events, DrainTellsThatCharonIsGone)
{
    FakeCharon charon{[](const Packet& packet) {
        Answer answer = FakeCharon::polite(packet).value_or(Answer{});
        answer.close = packet.name == "child-rekey"; // the last one registered for
        if (answer.close) answer.packets.push_back({PacketType::Event, "ike-updown", {}});
        return answer;
    }};
    auto events = Events::connect(charon.path());
    ASSERT_TRUE(events);
    Result<bool> drained = false;
    while (drained && becomes_readable(events->fd())) drained = events->drain();
    EXPECT_EQ(drained.error().kind, Kind::Disconnected);
    EXPECT_EQ(events->fd(), -1);
}

TEST(Events, AnEventDuringRegistrationIsNotLost)
{
    FakeCharon charon{[](const Packet& packet) {
        Answer answer = FakeCharon::polite(packet).value_or(Answer{});
        answer.packets.insert(answer.packets.begin(), {PacketType::Event, "ike-updown", {}});
        return answer;
    }};
    auto events = Events::connect(charon.path());
    ASSERT_TRUE(events);
    EXPECT_EQ(events->drain(), true);
    EXPECT_EQ(events->drain(), false);
}

TEST(Events, ACharonWithoutTheEventIsUnsupported)
{
    FakeCharon charon{[](const Packet&) { return Answer{.packets = {{PacketType::EventUnknown, {}, {}}}}; }};
    EXPECT_EQ(Events::connect(charon.path()).error().kind, Kind::Unsupported);
}

} // namespace
} // namespace linkspan::ike
