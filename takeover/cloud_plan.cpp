#include "takeover/cloud_plan.h"

#include <algorithm>
#include <utility>

namespace linkspan::takeover {
namespace {

bool takes(const CloudState& state)
{
    return state.request && state.request->verb == Verb::Take;
}

void stop(CloudState& state)
{
    for (auto& thing : state.things) thing.pursuit = {.standing = Standing::Failed};
}

std::string names_with_problems(const CloudState& state, Standing standing)
{
    std::string text;
    for (const auto& thing : state.things)
        if (thing.pursuit.standing == standing)
            text += (text.empty() ? "" : "; ") + thing.name +
                    (thing.pursuit.problem.empty() || standing == Standing::Held ? "" : ": " + thing.pursuit.problem);
    return text;
}

Report decided(CloudState& state, Outcome outcome, std::string detail)
{
    state.decided = true;
    state.held = outcome == Outcome::Done;
    return {*state.request, outcome, std::move(detail)};
}

bool any(const CloudState& state, Standing standing, bool essential_only)
{
    return std::ranges::any_of(state.things, [&](const auto& thing) {
        return thing.pursuit.standing == standing && (thing.essential || !essential_only);
    });
}

/// At the end of the watch's round, for only then is it known that no newer tenure has marked anything: what is gone was
/// only taken away.
std::vector<Report> taken_back(CloudState& state, const CloudTiming& timing, Monotonic now)
{
    if (std::ranges::any_of(state.things, &CloudState::Thing::watching)) return {};
    std::vector<Report> reports;
    for (auto& thing : state.things) {
        if (!std::exchange(thing.is_gone, false)) continue;
        thing.pursuit = pursue(now, timing.budget);
        state.decided = false;
        reports.push_back({*state.request, Outcome::Retrying, thing.name + " is no longer here: taken back"});
    }
    return reports;
}

/// Of an answer to the watch: is it still as it should be?
std::vector<Report> watched(CloudState& state, CloudState::Thing& thing, const Learnt& learnt,
                            const CloudTiming& timing, Monotonic now)
{
    const bool is_trouble = learnt.reply == Reply::Refused || learnt.reply == Reply::Unsure;
    const auto trouble = is_trouble ? thing.name + ": " + learnt.problem : std::string{};
    if (is_trouble && state.trouble != trouble) {
        state.trouble = trouble;
        return {{state.request.value_or(Request{}), Outcome::Retrying, "cannot look: " + trouble}};
    }
    std::vector<Report> reports;
    if (!is_trouble && state.trouble.starts_with(thing.name + ": ")) {
        state.trouble.clear();
        if (state.request && (state.held || !takes(state)))
            reports.push_back({*state.request, Outcome::Done, thing.name + " can be looked at again"});
    }
    if (!takes(state) || !state.held) return reports;
    if (learnt.reply == Reply::Superseded) {
        state.held = false;
        return {{*state.request, Outcome::Lost, thing.name + ": " + learnt.problem}};
    }
    thing.is_gone = learnt.reply == Reply::NotHeld || learnt.reply == Reply::Free;
    return taken_back(state, timing, now);
}

} // namespace

std::vector<Report> ask(CloudState& state, const Request& request, const CloudTiming& timing, Monotonic now)
{
    if (state.request && request < *state.request)
        return {{request, Outcome::Superseded, "a later one was asked for before"}};
    if (state.request == request && !state.decided) return {};
    if (state.request == request && state.held) return {{request, Outcome::Done, "it was done before"}};
    std::vector<Report> reports;
    if (state.request && !state.decided)
        reports.push_back(decided(state, Outcome::Superseded, "a later one was asked for"));
    stop(state);
    state.request = request;
    state.decided = false;
    if (request.verb == Verb::Take)
        for (auto& thing : state.things) thing.pursuit = pursue(now, timing.budget);
    else
        reports.push_back(decided(state, Outcome::Done, "")); // whoever takes over takes them from here
    return reports;
}

std::vector<CallDue> calls_due(CloudState& state, const CloudTiming& timing, Monotonic now)
{
    std::vector<CallDue> calls;
    for (std::size_t at = 0; at < state.things.size(); ++at)
        if (const auto call = call_due(state.things[at].pursuit, now)) calls.push_back({at, *call, false});
    if (!state.decided || now < state.watch_due) return calls;
    state.watch_due = now + timing.watch;
    for (std::size_t at = 0; at < state.things.size(); ++at) {
        auto& thing = state.things[at];
        if (thing.watching || thing.pursuit.standing == Standing::Open) continue;
        thing.watching = true;
        thing.is_gone = false;
        calls.push_back({at, Call::Look, true});
    }
    return calls;
}

std::vector<Report> answered(CloudState& state, const CallDue& call, const Learnt& learnt, const CloudTiming& timing,
                             Monotonic now, std::uint32_t random)
{
    auto& thing = state.things[call.thing];
    if (call.watch) {
        thing.watching = false;
        return watched(state, thing, learnt, timing, now);
    }
    thing.pursuit = learn(std::move(thing.pursuit), learnt, now, random);
    auto reports = judged(state);
    if (state.decided) state.watch_due = now + timing.watch;
    return reports;
}

void watch_again(CloudState& state, Monotonic now)
{
    state.watch_due = now;
}

void expire(CloudState& state, Monotonic now)
{
    for (auto& thing : state.things)
        if (thing.pursuit.standing == Standing::Open && now >= thing.pursuit.deadline) {
            thing.pursuit.standing = Standing::Failed;
            if (thing.pursuit.problem.empty()) thing.pursuit.problem = "there was no time left";
        }
}

std::vector<Report> judged(CloudState& state)
{
    if (state.decided || !takes(state)) return {};
    if (any(state, Standing::Superseded, false)) {
        auto detail = names_with_problems(state, Standing::Superseded);
        stop(state);
        return {decided(state, Outcome::Superseded, std::move(detail))};
    }
    if (any(state, Standing::Open, false)) return {};
    auto problems = names_with_problems(state, Standing::Failed);
    if (any(state, Standing::Failed, true)) return {decided(state, Outcome::Failed, std::move(problems))};
    auto held = names_with_problems(state, Standing::Held);
    return {decided(state, Outcome::Done, held + (problems.empty() ? "" : " (without " + problems + ")"))};
}

Monotonic alarm_of(const CloudState& state)
{
    auto due = state.decided ? state.watch_due : Monotonic::max();
    for (const auto& thing : state.things)
        if (const auto alarm = alarm_of(thing.pursuit)) due = std::min(due, *alarm);
    return due;
}

} // namespace linkspan::takeover
