#pragma once

#include "base/clock.h"
#include "takeover/pursuit.h"
#include "takeover/request.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace linkspan::takeover {

struct CloudTiming {
    std::chrono::milliseconds budget{30000}; ///< for a takeover, until it has failed
    /// Between looks at what is ours or may become ours. They keep the connections open, which clouds close after a
    /// minute or so, and notice a loss.
    std::chrono::milliseconds watch{20000};
    bool operator==(const CloudTiming&) const = default;
};

/// What a driver of a cloud is about: the last request, how far each thing is, and the watch. A plain value; which calls
/// are under way is known here, which transfers they are is not.
struct CloudState {
    struct Thing {
        std::string name = {};
        bool essential = true;
        Pursuit pursuit{.standing = Standing::Failed}; ///< nothing is pursued
        bool watching = false;                         ///< a look of the watch is under way
        bool is_gone = false;                          ///< as the watch saw it in this round
    };
    std::vector<Thing> things = {};
    std::optional<Request> request = {};
    bool decided = true; ///< the request's outcome has been told
    bool held = false;   ///< ... and was Done
    Monotonic watch_due = {};
    std::string trouble = {}; ///< of the watch, told once
};

struct CallDue {
    std::size_t thing = 0;
    Call call = Call::Look;
    bool watch = false; ///< not of a takeover
    bool operator==(const CallDue&) const = default;
};

[[nodiscard]] std::vector<Report> ask(CloudState& state, const Request& request, const CloudTiming& timing,
                                      Monotonic now);
/// What is to be called now; it counts as under way from here on.
[[nodiscard]] std::vector<CallDue> calls_due(CloudState& state, const CloudTiming& timing, Monotonic now);
[[nodiscard]] std::vector<Report> answered(CloudState& state, const CallDue& call, const Learnt& learnt,
                                           const CloudTiming& timing, Monotonic now, std::uint32_t random);
/// The watch looks now, not when it is due.
void watch_again(CloudState& state, Monotonic now);
/// Ends what has no time left, also while no call can be made.
void expire(CloudState& state, Monotonic now);
/// What became of the request, where that has not been told: for after `expire`.
[[nodiscard]] std::vector<Report> judged(CloudState& state);
/// When calls_due is to be asked again.
[[nodiscard]] Monotonic alarm_of(const CloudState& state);

} // namespace linkspan::takeover
