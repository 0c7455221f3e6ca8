#include "ike/log.h"

#include "fake_charon.h"

#include <gtest/gtest.h>
#include <poll.h>

namespace linkspan::ike {
namespace {

using test::FakeCharon;
using Answer = FakeCharon::Answer;

Packet event(const std::string& name, const std::string& id, const std::string& text)
{
    Message message;
    message.set("group", std::string{"IKE"}).set("level", std::string{"1"}).set("thread", std::string{"7"});
    if (!name.empty()) message.set("ikesa-name", name).set("ikesa-uniqueid", id);
    message.set("msg", text);
    return {PacketType::Event, "log", message};
}

std::vector<LogLine> read_all(Log& log, std::size_t count)
{
    std::vector<LogLine> lines;
    pollfd entry{log.fd(), POLLIN, 0};
    do {
        auto more = log.read();
        if (!more) break;
        lines.insert(lines.end(), more->begin(), more->end());
    } while (lines.size() < count && ::poll(&entry, 1, 10'000) == 1);
    return lines;
}

TEST(Log, ListensToTheLogAlone)
{
    std::vector<std::string> registered;
    {
        FakeCharon charon{[&](const Packet& packet) {
            registered.push_back(packet.name);
            return FakeCharon::polite(packet).value_or(Answer{});
        }};
        EXPECT_TRUE(Log::connect(charon.path()));
    }
    EXPECT_EQ(registered, std::vector<std::string>{"log"});
}

TEST(Log, TellsWhoseALineIsThoseOfTheRegistrationIncluded)
{
    FakeCharon charon{[](const Packet& packet) {
        Answer answer = FakeCharon::polite(packet).value_or(Answer{});
        answer.packets.insert(answer.packets.begin(), event("azure", "7", "one"));
        answer.packets.push_back(event("(unnamed)", "8", "two"));
        answer.packets.push_back(event("", "", "three"));
        answer.packets.push_back(event("azure", "x", "four"));
        return answer;
    }};
    auto log = Log::connect(charon.path());
    ASSERT_TRUE(log);
    const auto lines = read_all(*log, 4);
    ASSERT_EQ(lines.size(), 4U);
    EXPECT_EQ(lines[0].connection, "azure");
    EXPECT_EQ(lines[0].unique_id, 7U);
    EXPECT_EQ(lines[0].text, "one");
    EXPECT_EQ(lines[1].connection, "");
    EXPECT_EQ(lines[1].unique_id, 8U);
    EXPECT_EQ(lines[2].unique_id, 0U);
    EXPECT_EQ(lines[3].unique_id, 0U) << "no number";
}

TEST(Log, ACharonWithoutTheEventIsUnsupported)
{
    FakeCharon charon{[](const Packet&) { return Answer{.packets = {{PacketType::EventUnknown, {}, {}}}}; }};
    EXPECT_EQ(Log::connect(charon.path()).error().kind, Kind::Unsupported);
}

TEST(Log, CharonsEndIsAnError)
{
    FakeCharon charon{[](const Packet& packet) {
        Answer answer = FakeCharon::polite(packet).value_or(Answer{});
        answer.close = true;
        return answer;
    }};
    auto log = Log::connect(charon.path());
    ASSERT_TRUE(log);
    pollfd entry{log->fd(), POLLIN, 0};
    ASSERT_EQ(::poll(&entry, 1, 10'000), 1);
    EXPECT_EQ(log->read().error().kind, Kind::Disconnected);
}

} // namespace
} // namespace linkspan::ike
