#pragma once

#include "base/clock.h"
#include "takeover/exec_spec.h"
#include "takeover/request.h"

#include <optional>
#include <variant>
#include <vector>

namespace linkspan::takeover {

/// Which run of the hook is next, and what becomes of it. One run at a time, in the order of requests; a newer request
/// takes the place of one that waits. A plain value, without process or clock.
struct ExecState {
    std::optional<Request> running = {};
    std::optional<Request> waiting = {}; ///< next; not before `due` where nothing runs
    std::optional<Request> newest = {};  ///< ever asked for
    std::optional<Request> done = {};    ///< the last one that succeeded
    std::uint32_t tries = 0;             ///< of `running`, or of `waiting` if it is a repetition
    bool ending = false;                 ///< `running` has been told to end
    Monotonic due = {};
    bool operator==(const ExecState&) const = default;
};

struct Wanted {
    Request request = {};
};
/// A run is over. `problem` is empty where it succeeded.
struct RunEnded {
    std::string problem = {};
    std::string output = {};
};
struct AlarmRang {};
using ExecEvent = std::variant<Wanted, RunEnded, AlarmRang>;

struct StartRun {
    Request request = {};
    std::uint32_t attempt = 1;
    bool operator==(const StartRun&) const = default;
};
struct EndRun { ///< SIGTERM to its process group, or SIGKILL
    bool by_force = false;
    bool operator==(const EndRun&) const = default;
};
using ExecAction = std::variant<StartRun, EndRun, Report>;

struct ExecStep {
    ExecState state = {};
    std::vector<ExecAction> actions = {};
};
[[nodiscard]] ExecStep exec_step(const ExecSpec& spec, ExecState state, const ExecEvent& event, Monotonic now);

/// When AlarmRang is due next; none = never.
[[nodiscard]] std::optional<Monotonic> alarm_of(const ExecState& state);

} // namespace linkspan::takeover
