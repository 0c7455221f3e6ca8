#include "takeover/exec_plan.h"

#include "takeover/backoff.h"
#include "takeover/line.h"

#include <utility>

namespace linkspan::takeover {
namespace {

constexpr auto grace = std::chrono::seconds{2}; ///< between SIGTERM and SIGKILL
constexpr auto first_pause = std::chrono::milliseconds{500};
constexpr auto most_pause = std::chrono::seconds{10};

struct Stepper {
    const ExecSpec& spec;
    ExecStep step;
    Monotonic now;

    void tell(const Request& request, Outcome outcome, std::string detail)
    {
        step.actions.emplace_back(Report{request, outcome, std::move(detail)});
    }

    void begin()
    {
        auto& state = step.state;
        if (state.running || !state.waiting || now < state.due) return;
        state.running = std::exchange(state.waiting, std::nullopt);
        state.ending = false;
        state.due = now + spec.limit;
        step.actions.emplace_back(StartRun{*state.running, ++state.tries});
    }

    void on(const Wanted& wanted)
    {
        auto& state = step.state;
        const auto& request = wanted.request;
        if (state.newest && request < *state.newest)
            return tell(request, Outcome::Superseded, "a later one was asked for before");
        state.newest = request;
        if (state.running == request || state.waiting == request) return; // its end will be told
        if (!state.running && state.done == request) return tell(request, Outcome::Done, "it was done before");
        if (state.waiting) tell(*state.waiting, Outcome::Superseded, "a later one was asked for");
        state.waiting = request;
        if (!state.running) {
            state.tries = 0;
            state.due = now;
        }
        begin();
    }

    void on(const RunEnded& ended)
    {
        auto& state = step.state;
        if (!state.running) return;
        const auto request = *std::exchange(state.running, std::nullopt);
        const auto problem = state.ending ? "took longer than its time: " + ended.problem : ended.problem;
        auto output = line_of(ended.output);
        if (ended.problem.empty() && !state.ending) {
            state.done = request;
            tell(request, Outcome::Done, std::move(output));
        } else
            failed(request, problem + (output.empty() ? "" : ": " + output));
        if (!state.waiting || *state.waiting != request) {
            state.tries = 0;
            state.due = now;
        }
        begin();
    }

    void failed(const Request& request, std::string problem)
    {
        auto& state = step.state;
        if (state.waiting) return tell(request, Outcome::Superseded, std::move(problem));
        if (state.tries >= spec.attempts) return tell(request, Outcome::Failed, std::move(problem));
        state.waiting = request;
        state.due = now + backoff(state.tries, first_pause, most_pause, 0);
        tell(request, Outcome::Retrying, std::move(problem));
    }

    void on(const AlarmRang&)
    {
        auto& state = step.state;
        if (!state.running) return begin();
        if (now < state.due) return;
        step.actions.emplace_back(EndRun{.by_force = state.ending});
        state.due = state.ending ? Monotonic::max() : now + grace;
        state.ending = true;
    }
};

} // namespace

ExecStep exec_step(const ExecSpec& spec, ExecState state, const ExecEvent& event, Monotonic now)
{
    Stepper stepper{spec, {std::move(state), {}}, now};
    std::visit([&](const auto& it) { stepper.on(it); }, event);
    return std::move(stepper.step);
}

std::optional<Monotonic> alarm_of(const ExecState& state)
{
    if (!state.running && !state.waiting) return {};
    if (state.due == Monotonic::max()) return {};
    return state.due;
}

} // namespace linkspan::takeover
