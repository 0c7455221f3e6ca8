#include "cli/commands.h"
#include "cli/egress_log.h"
#include "cli/render_egress.h"

#include "fake_agent.h"

#include <boost/json.hpp>

namespace linkspan::cli {
namespace {

Outcome answered(const std::string& text, Request request)
{
    FakeAgent agent{[&](const auto&, const auto&) { return FakeAgent::Answer{.text = text}; }};
    request.command = Command::Egress;
    request.socket = agent.socket();
    return run(request, {});
}

TEST(Egress, LearnedIsALineForEachAddress)
{
    const auto outcome =
        answered(R"({"pins":[{"client":"10.1.0.10","address":"192.0.2.7","names":["a.example","b.example"],)"
                 R"("seconds":59}],"more":true})",
                 {.egress = EgressQuestion::Learned});
    EXPECT_EQ(outcome.out, "10.1.0.10  ->  192.0.2.7  a.example, b.example  59 s\n"
                           "and more: linkspan egress learned NAME\n");
    EXPECT_EQ(answered(R"({"pins":[]})", {.egress = EgressQuestion::Learned}).out,
              "no address is open because of such a name\n");
}

TEST(Egress, WhyTellsTheWordThatDecidesAndLeavesItInTheStatus)
{
    const Request why{.name = "10.1.0.10", .egress = EgressQuestion::Why, .target = "a.example:443"};
    const auto refused =
        answered(R"({"source":"10.1.0.10","target":"a.example","protocol":"tcp","port":443,"judged":true,)"
                 R"("allowed":false,"tag":null,"rule":null,"opened":[]})",
                 why);
    EXPECT_EQ(refused.out, "10.1.0.10 -> a.example:443/tcp: refused: no rule is about it\n");
    EXPECT_EQ(refused.status, exit_changes);
    const auto allowed =
        answered(R"({"source":"10.1.0.10","target":"fd00::7","protocol":"tcp","port":443,"judged":true,)"
                 R"("allowed":true,"tag":"web","rule":"fd00::/8","opened":[]})",
                 why);
    EXPECT_EQ(allowed.out, "10.1.0.10 -> [fd00::7]:443/tcp: allowed by fd00::/8 of tag web\n");
    EXPECT_EQ(allowed.status, exit_ok);
}

TEST(Egress, WhatWasUsedIsATagAndHostileNamesStayInComments)
{
    const auto discovered = boost::json::parse(
        R"({"used":[{"target":"a.example","protocol":"tcp","port":443,"sessions":2},)"
        R"({"target":"a.example","protocol":"tcp","port":80,"sessions":1},)"
        R"({"target":"2001:db8::7","protocol":"udp","port":123,"sessions":1},)"
        R"({"target":"x\"]\nallow = [\"*","protocol":"tcp","port":80,"sessions":1}],)"
        R"("asked":[{"name":"a.example","answers":3},{"name":"unused.example","answers":1}],"left_out":4})");
    EXPECT_EQ(render_discovered(discovered.as_object()), R"([[egress.tag]]
name  = "discovered"
allow = [
    "[2001:db8::7]:123/udp", # 1 session
    "a.example:80,443/tcp", # 3 sessions
]
# not a name for a rule: x"]?allow = ["* (1 session)
# 4 more found no room

# Asked for, and not used:
#   unused.example
)");
}

TEST(Egress, ARefusalIsOneLineWhateverAHostCallsIt)
{
    const RefusalEntry entry{.when = "2026-11-20T11:06:57Z",
                             .message = "refused 10.1.0.10 -> 192.0.2.7:443/tcp (a\x1b[2J\n)",
                             .source = "10.1.0.10",
                             .destination = "192.0.2.7",
                             .protocol = "tcp",
                             .port = "443",
                             .name = "a",
                             .rule = "no rule"};
    EXPECT_EQ(render_refusal(entry), "2026-11-20T11:06:57Z  refused 10.1.0.10 -> 192.0.2.7:443/tcp (a?[2J?)\n");
    EXPECT_EQ(json_of(entry), R"({"when":"2026-11-20T11:06:57Z","source":"10.1.0.10","destination":"192.0.2.7",)"
                              R"("protocol":"tcp","port":443,"name":"a","tag":null,"rule":null,"why":null})"
                              "\n");
}

} // namespace
} // namespace linkspan::cli
