#include "cli/commands.h"

#include "cli/answer.h"
#include "cli/client.h"
#include "cli/fields.h"
#include "cli/nat_lookup.h"
#include "cli/render.h"

#include <chrono>
#include <thread>

namespace linkspan::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto usual_timeout = 25s;
/// 10,000 connections are some 100,000 kernel objects.
constexpr auto work_timeout = 10min;
/// The gateways themselves wait for 3 s.
constexpr auto yield_patience = 5s;

Outcome plan(const Request& request, const Style& style, Client& agent)
{
    const auto answer = read_answer(agent.call("Plan", request.file, work_timeout));
    if (!answer) return fail(request, answer.error());
    int status = objects(answer->object, "steps").empty() ? exit_ok : exit_changes;
    if (!objects(answer->object, "conflicts").empty()) status = exit_error;
    return {.status = status, .out = request.json ? answer->text + '\n' : render_plan(answer->object, style)};
}

Outcome apply(const Request& request, const Style& style, Client& agent)
{
    const auto answer = read_answer(agent.call("Apply", work_timeout));
    if (!answer) return fail(request, answer.error());
    const int status = flag(answer->object, "in_sync") ? exit_ok : exit_error;
    const auto now = real_clock().wall();
    return {.status = status, .out = request.json ? answer->text + '\n' : render_apply(answer->object, style, now)};
}

Outcome status(const Request& request, const Style& style, Client& agent)
{
    const bool all = request.name.empty();
    const auto answer = read_answer(all ? agent.call("Describe", usual_timeout)
                                        : agent.call("DescribeConnection", request.name, usual_timeout));
    if (!answer) return fail(request, answer.error());
    if (request.json) return {.out = answer->text + '\n'};
    const auto render = all ? render_status : render_connection;
    return {.out = render(answer->object, style, real_clock().wall())};
}

Outcome up(const Request& request, Client& agent)
{
    const auto answer = agent.call("Up", request.name, usual_timeout);
    if (!answer) return fail(request, answer.error());
    return {.out = request.name + ": going up; linkspan status " + request.name + " shows how it goes\n"};
}

Outcome restart(const Request& request, Client& agent)
{
    const auto answer = agent.call("Restart", request.name, usual_timeout);
    if (!answer) return fail(request, answer.error());
    return {.out = request.name + ": negotiating anew; linkspan status " + request.name + " shows how it goes\n"};
}

Outcome down(const Request& request, Client& agent)
{
    const auto answer = agent.call("Down", request.name, usual_timeout);
    if (!answer) return fail(request, answer.error());
    return {.out = request.name + ": down, and held down until linkspan up " + request.name + '\n'};
}

Outcome nat(const Request& request, Client& agent)
{
    const auto address = IpAddress::parse(request.name);
    if (!address) return fail(request, address.error());
    const auto answer = read_answer(agent.call("Describe", usual_timeout));
    if (!answer) return fail(request, answer.error());
    const auto meanings = meanings_of(answer->object, *address);
    const auto rules = rule_meanings_of(answer->object, *address);
    return {.status = meanings.empty() && rules.empty() ? exit_error : exit_ok,
            .out = request.json ? json_of(*address, meanings, rules) : render_meanings(*address, meanings, rules)};
}

Outcome pair_status(const Request& request, const Style& style, Client& agent)
{
    const auto answer = read_answer(agent.call("DescribePair", usual_timeout));
    if (!answer) return fail(request, answer.error());
    if (request.json) return {.out = answer->text + '\n'};
    return {.out = render_pair(answer->object, style, real_clock().wall())};
}

/// Until this gateway does not carry any more; it calls off by itself what the other one does not take up.
Outcome yield(const Request& request, Client& agent)
{
    if (const auto begun = agent.call("OrderPair", request.name, usual_timeout); !begun)
        return fail(request, begun.error());
    const auto give_up = real_clock().now() + yield_patience;
    while (real_clock().now() < give_up) {
        const auto answer = read_answer(agent.call("DescribePair", usual_timeout));
        if (!answer) return fail(request, answer.error());
        const auto role = text(answer->object, "role");
        if (role != "active" && role != "release") return {.out = "yield: this gateway does not carry\n"};
        std::this_thread::sleep_for(20ms);
    }
    return fail(request,
                {.kind = Kind::Busy, .what = "the other gateway does not take over; linkspan ha status shows why"});
}

Outcome pair(const Request& request, const Style& style, Client& agent)
{
    if (request.name == "status") return pair_status(request, style, agent);
    if (request.name == "yield") return yield(request, agent);
    const auto order = request.name + (request.anyway ? " anyway" : "");
    const auto answer = agent.call("OrderPair", order, usual_timeout);
    if (!answer) return fail(request, answer.error());
    const bool begins = request.name == "switchover" || request.name == "maintenance on";
    return {.out = request.name + (begins ? ": begun; linkspan ha status shows how it goes\n" : ": done\n")};
}

Outcome ask(const Request& request, const Style& style)
{
    auto agent = Client::connect(request.socket);
    if (!agent) return fail(request, agent.error());
    switch (request.command) {
    case Command::Plan: return plan(request, style, *agent);
    case Command::Apply: return apply(request, style, *agent);
    case Command::Up: return up(request, *agent);
    case Command::Restart: return restart(request, *agent);
    case Command::Down: return down(request, *agent);
    case Command::Ha: return pair(request, style, *agent);
    case Command::Nat: return nat(request, *agent);
    case Command::Egress: return egress(request, *agent);
    default: return status(request, style, *agent);
    }
}

} // namespace

Outcome run(const Request& request, const Style& style)
{
    switch (request.command) {
    case Command::Check: return check(request, style);
    case Command::Help: return {.out = help_text(request.name)};
    case Command::Version: return {.out = "linkspan " LINKSPAN_VERSION "\n"};
    case Command::Egress:
        if (request.egress == EgressQuestion::Log) return egress_log(request);
        return ask(request, style);
    default: return ask(request, style);
    }
}

} // namespace linkspan::cli
