#include "ike/client.h"

#include "fake_charon.h"

#include <gtest/gtest.h>

namespace linkspan::ike {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using test::FakeCharon;
using Answer = FakeCharon::Answer;

Packet response(Message message = {})
{
    return {PacketType::Response, {}, std::move(message)};
}

/// Polite, but for `command`.
FakeCharon::Script script(std::string command, Answer answer)
{
    return [command = std::move(command), answer = std::move(answer)](const Packet& packet) {
        if (packet.type == PacketType::Request && packet.name == command) return answer;
        return FakeCharon::polite(packet).value_or(Answer{});
    };
}

TEST(Client, NobodyListensIsDisconnected)
{
    EXPECT_EQ(Client::connect("/nonexistent/charon.vici").error().kind, Kind::Disconnected);
    EXPECT_EQ(Client::connect(std::string(200, 'x')).error().kind, Kind::Config);
}

TEST(Client, ASocketThatDoesNotAnswerIsNoCharon)
{
    FakeCharon charon{[](const Packet&) { return Answer{}; }};
    EXPECT_EQ(Client::connect(charon.path(), 1ms).error().kind, Kind::Timeout);
}

TEST(Client, KnowsTheVersion)
{
    FakeCharon charon{script("", {})};
    EXPECT_EQ(Client::connect(charon.path())->version(), "charon 5.9.8");
}

TEST(Client, AfterATimeoutNoLateAnswerIsTakenForAnother)
{
    FakeCharon charon{script("stats", {})};
    auto client = Client::connect(charon.path(), 100ms);
    ASSERT_TRUE(client);
    EXPECT_EQ(client->call("stats").error().kind, Kind::Timeout);
    EXPECT_FALSE(client->connected());
    EXPECT_EQ(client->call("version").error().kind, Kind::Disconnected);
}

TEST(Client, ARefusalIsAnErrorInCharonsWords)
{
    FakeCharon charon{script(
        "load-conn", {.packets = {response(Message{}.set("success", "no"s).set("errmsg", "invalid proposal"s))}})};
    auto client = Client::connect(charon.path());
    ASSERT_TRUE(client);
    EXPECT_EQ(client->order("load-conn", {}).error(),
              (Error{Kind::Kernel, 0, "charon refused load-conn: invalid proposal"}));
    EXPECT_TRUE(client->connected());
}

TEST(Client, AllRequestsAreSentBeforeTheFirstAnswerIsWaitedFor)
{
    const auto answer = [](std::string n) { return response(Message{}.set("n", std::move(n))); };
    FakeCharon charon{[&](const Packet& packet) {
        if (packet.name == "first") return Answer{}; // nothing comes until the last is there
        if (packet.name == "last") return Answer{.packets = {answer("1"), {PacketType::UnknownCommand, {}, {}}}};
        return FakeCharon::polite(packet).value_or(Answer{});
    }};
    auto client = Client::connect(charon.path());
    ASSERT_TRUE(client);
    const Request too_long{"between", Message{}.set(std::string(256, 'x'), "y"s)};
    const auto answers = client->call_all(std::vector<Request>{{"first", {}}, too_long, {"last", {}}});
    ASSERT_EQ(answers.size(), 3U);
    EXPECT_EQ(answers[0].value().text("n"), "1");
    EXPECT_EQ(answers[1].error().kind, Kind::Config);
    EXPECT_EQ(answers[2].error().kind, Kind::Unsupported);
    EXPECT_TRUE(client->connected());
}

TEST(Client, StreamsTheEventsOfACommandInOrder)
{
    const auto event = [](std::string n) {
        return Packet{PacketType::Event, "list-sa", Message{}.set("n", std::move(n))};
    };
    FakeCharon charon{
        script("list-sas", {.packets = {event("1"), {PacketType::Event, "other", {}}, event("2"), response()}})};
    auto client = Client::connect(charon.path());
    ASSERT_TRUE(client);
    for (int round = 0; round < 2; ++round) {
        std::string seen;
        ASSERT_TRUE(client->stream("list-sas", "list-sa", {}, [&](const Message& m) -> Result<> {
            seen += m.text("n");
            return {};
        }));
        EXPECT_EQ(seen, "12");
    }
}

TEST(Client, AnErrorOfTheSinkLeavesTheConnectionGood)
{
    const Packet event{PacketType::Event, "list-sa", {}};
    FakeCharon charon{script("list-sas", {.packets = {event, event, response()}})};
    auto client = Client::connect(charon.path());
    ASSERT_TRUE(client);
    int calls = 0;
    auto streamed = client->stream("list-sas", "list-sa", {}, [&](const Message&) -> Result<> {
        ++calls;
        return failure(Kind::Protocol, "no");
    });
    EXPECT_EQ(streamed.error().kind, Kind::Protocol);
    EXPECT_EQ(calls, 1);
    EXPECT_TRUE(client->call("version"));
}

struct Bad {
    const char* name;
    Answer answer;
    Kind kind;
};

class ClientMeets : public testing::TestWithParam<Bad> {};

TEST_P(ClientMeets, It)
{
    FakeCharon charon{script("stats", GetParam().answer)};
    auto client = Client::connect(charon.path());
    ASSERT_TRUE(client);
    EXPECT_EQ(client->call("stats").error().kind, GetParam().kind);
}

INSTANTIATE_TEST_SUITE_P(
    Bad, ClientMeets,
    testing::Values(Bad{"UnknownCommand", {.packets = {{PacketType::UnknownCommand, {}, {}}}}, Kind::Unsupported},
                    Bad{"AnotherPacket", {.packets = {{PacketType::EventConfirm, {}, {}}}}, Kind::Protocol},
                    Bad{"TooLong", {.bytes = "\xff\xff\xff\xff"s}, Kind::Protocol},
                    Bad{"HalfAPacket", {.bytes = "\0\0\0\7\1\3"s, .close = true}, Kind::Disconnected},
                    Bad{"Hangup", {.close = true}, Kind::Disconnected}),
    [](const auto& test) { return std::string{test.param.name}; });

} // namespace
} // namespace linkspan::ike
