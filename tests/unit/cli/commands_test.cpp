#include "cli/commands.h"

#include "fake_agent.h"

namespace linkspan::cli {
namespace {

Outcome run_with(FakeAgent::Answers answers, Request request)
{
    FakeAgent agent{std::move(answers)};
    request.socket = agent.socket();
    return run(request, {});
}

FakeAgent::Answers always(FakeAgent::Answer answer)
{
    return [answer](const auto&, const auto&) { return answer; };
}

TEST(Commands, PlanSaysByItsStatusWhetherThereIsSomethingToDo)
{
    const Request plan{.command = Command::Plan};
    EXPECT_EQ(run_with(always({.text = R"({"steps":[],"conflicts":[]})"}), plan).status, exit_ok);
    EXPECT_EQ(run_with(always({.text = R"({"steps":[{"verb":"create"}],"conflicts":[]})"}), plan).status, exit_changes);
    EXPECT_EQ(run_with(always({.text = R"({"steps":[{"verb":"create"}],"conflicts":[{}]})"}), plan).status, exit_error);
    EXPECT_EQ(run_with(always({.error = "org.linkspan.Error.Config", .text = "bad"}), plan).status, exit_error);
}

TEST(Commands, PlanPassesTheFile)
{
    std::string asked;
    run_with(
        [&](const auto& method, const auto& argument) -> FakeAgent::Answer {
            asked = method + " " + argument;
            return {.text = "{}"};
        },
        {.command = Command::Plan, .file = "/tmp/new.toml"});
    EXPECT_EQ(asked, "Plan /tmp/new.toml");
}

TEST(Commands, ApplySucceedsOnlyInSync)
{
    const Request apply{.command = Command::Apply};
    EXPECT_EQ(run_with(always({.text = R"({"in_sync":true})"}), apply).status, exit_ok);
    EXPECT_EQ(run_with(always({.text = R"({"in_sync":false,"unsynced":[{}]})"}), apply).status, exit_error);
}

TEST(Commands, DiagnosticsArePrintedAsTheyAre)
{
    const std::string diagnostics = "/etc/linkspan/linkspan.toml:3:1: error: unknown key \"peeer\"\n  help: peer\n";
    const Outcome outcome =
        run_with(always({.error = "org.linkspan.Error.Config", .text = diagnostics}), {.command = Command::Apply});
    EXPECT_EQ(outcome.err, diagnostics);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(outcome.status, exit_error);
}

TEST(Commands, JsonIsWhatTheAgentSaid)
{
    const std::string json = R"({"schema":1,"steps":[],"conflicts":[],"of_tomorrow":[1,2]})";
    EXPECT_EQ(run_with(always({.text = json}), {.command = Command::Plan, .json = true}).out, json + '\n');
}

TEST(Commands, StatusOfOneConnectionAsksForThatOne)
{
    std::string asked;
    const Outcome outcome = run_with(
        [&](const auto& method, const auto& argument) -> FakeAgent::Answer {
            asked = method + " " + argument;
            return {.text = R"({"name":"aws","state":"up"})"};
        },
        {.command = Command::Status, .name = "aws"});
    EXPECT_EQ(asked, "DescribeConnection aws");
    EXPECT_TRUE(outcome.out.starts_with("aws: up\n")) << outcome.out;
}

TEST(Commands, UpAndDownSayWhatNext)
{
    EXPECT_EQ(run_with(always({}), {.command = Command::Up, .name = "aws"}).out,
              "aws: going up; linkspan status aws shows how it goes\n");
    EXPECT_EQ(run_with(always({}), {.command = Command::Restart, .name = "aws"}).out,
              "aws: negotiating anew; linkspan status aws shows how it goes\n");
    EXPECT_EQ(run_with(always({.error = "org.linkspan.Error.Config", .text = "aws is held down"}),
                       {.command = Command::Restart, .name = "aws"})
                  .err,
              "linkspan: aws is held down\n");
    EXPECT_EQ(run_with(always({}), {.command = Command::Down, .name = "aws"}).out,
              "aws: down, and held down until linkspan up aws\n");
    const Outcome refused =
        run_with(always({.error = "org.linkspan.Error.NotFound", .text = "there is no connection \"aws\""}),
                 {.command = Command::Up, .name = "aws"});
    EXPECT_EQ(refused.err, "linkspan: there is no connection \"aws\"\n");
    EXPECT_EQ(refused.status, exit_error);
}

/// A gateway that goes through these roles, one at each question, and stays in the last one.
FakeAgent::Answers in_roles(std::vector<std::string> roles)
{
    return [roles, asked = std::size_t{0}](const auto& method, const auto&) mutable -> FakeAgent::Answer {
        if (method == "OrderPair") return {};
        return {.text = R"({"role":")" + roles[std::min(asked++, roles.size() - 1)] + "\"}"};
    };
}

TEST(Commands, YieldReturnsWhenTheGatewayDoesNotCarryAnyMore)
{
    const Request yield{.command = Command::Ha, .name = "yield"};
    for (const auto& roles : {std::vector<std::string>{"active", "release", "standby"}, {"standby"}, {"fault"}}) {
        const Outcome outcome = run_with(in_roles(roles), yield);
        EXPECT_EQ(outcome.status, exit_ok);
        EXPECT_EQ(outcome.out, "yield: this gateway does not carry\n");
    }
    const Outcome refused =
        run_with(always({.error = "org.linkspan.Error.Busy", .text = "refused: no gateway"}), yield);
    EXPECT_EQ(refused.status, exit_error);
}

TEST(Commands, AnAnswerThatIsNoJsonIsAnError)
{
    const Outcome outcome = run_with(always({.text = "[1"}), {.command = Command::Plan});
    EXPECT_EQ(outcome.status, exit_error);
    EXPECT_EQ(outcome.err, "linkspan: the agent's answer is not a JSON object\n");
}

TEST(Commands, OnlyStatusTellsAMissingAgentByItsExitStatus)
{
    const std::string nowhere = "/nonexistent/private";
    EXPECT_EQ(run({.command = Command::Status, .socket = nowhere}, {}).status, exit_unreachable);
    EXPECT_EQ(run({.command = Command::Plan, .socket = nowhere}, {}).status, exit_error);
}

TEST(Commands, HelpAndVersionNeedNoAgent)
{
    EXPECT_EQ(run({.command = Command::Version}, {}).out, "linkspan " LINKSPAN_VERSION "\n");
    EXPECT_EQ(run({.command = Command::Help, .name = "plan"}, {}).out, help_text("plan"));
}

} // namespace
} // namespace linkspan::cli
