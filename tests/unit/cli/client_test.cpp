#include "cli/client.h"

#include "fake_agent.h"

namespace linkspan::cli {
namespace {

using namespace std::chrono_literals;

TEST(Client, BringsArgumentAndAnswer)
{
    FakeAgent agent{[](const auto& method, const auto& argument) -> FakeAgent::Answer {
        return {.text = method + "(" + argument + ")"};
    }};
    auto client = Client::connect(agent.socket());
    ASSERT_TRUE(client);
    EXPECT_EQ(client->call("Plan", "/tmp/x.toml", 10s), "Plan(/tmp/x.toml)");
    EXPECT_EQ(client->call("Apply", 10s), "Apply()");
}

TEST(Client, AnEmptyAnswerIsAnAnswer)
{
    FakeAgent agent{[](const auto&, const auto&) -> FakeAgent::Answer { return {}; }};
    auto client = Client::connect(agent.socket());
    ASSERT_TRUE(client);
    EXPECT_EQ(client->call("Up", "aws", 10s), "");
}

TEST(Client, ARefusalOfTheAgentIsItsError)
{
    FakeAgent agent{[](const auto&, const auto&) -> FakeAgent::Answer {
        return {.error = "org.linkspan.Error.NotFound", .text = "there is no connection \"x\""};
    }};
    auto client = Client::connect(agent.socket());
    ASSERT_TRUE(client);
    const auto answer = client->call("Up", "x", 10s);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error(), (Error{Kind::NotFound, 0, "there is no connection \"x\""}));
}

TEST(Client, AnAgentOfAnotherVersionIsSaidToBe)
{
    FakeAgent agent{[](const auto&, const auto&) -> FakeAgent::Answer {
        return {.error = SD_BUS_ERROR_UNKNOWN_METHOD, .text = "Unknown method Trace"};
    }};
    auto client = Client::connect(agent.socket());
    ASSERT_TRUE(client);
    const auto answer = client->call("Trace", 10s);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, Kind::Unsupported);
}

TEST(Client, NoAgentIsExplained)
{
    const auto client = Client::connect("/nonexistent/private");
    ASSERT_FALSE(client);
    EXPECT_EQ(client.error(), (Error{Kind::Disconnected, 0,
                                     "the agent does not answer on /nonexistent/private: is linkspand running? "
                                     "(systemctl status linkspand)"}));
}

TEST(Client, AnAgentThatIsTurnedAwayOrDiesIsExplained)
{
    std::string socket;
    {
        FakeAgent agent{[](const auto&, const auto&) -> FakeAgent::Answer { return {}; }};
        socket = agent.socket();
    }
    const auto client = Client::connect(socket);
    ASSERT_FALSE(client);
    EXPECT_EQ(client.error().kind, Kind::Disconnected);
}

TEST(Client, APathThatIsTooLongIsSaidToBe)
{
    const auto client = Client::connect("/" + std::string(200, 'x'));
    ASSERT_FALSE(client);
    EXPECT_EQ(client.error().kind, Kind::Config);
}

} // namespace
} // namespace linkspan::cli
