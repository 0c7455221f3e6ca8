#pragma once

#include "base/clock.h"

#include <cstdint>
#include <optional>
#include <string>

namespace linkspan::takeover {

/// What can be asked of a cloud about one thing that is to be ours.
enum class Call : std::uint8_t {
    Look, ///< how is it?
    Act,  ///< make it ours
    Poll, ///< how far is the operation that Act began?
};

/// What an answer means; each cloud's codec says so.
enum class Reply : std::uint8_t {
    Held,       ///< it is ours
    NotHeld,    ///< it is not, as far as the cloud has told itself: a look may be stale
    Free,       ///< it is not, and Act is what comes next
    Superseded, ///< a newer tenure has put its mark on it
    Accepted,   ///< Act or Poll: done, says the cloud
    Running,    ///< Act or Poll: being done
    Unread,     ///< Act: a Look has to come first
    More,       ///< another call of the same kind belongs to it
    Throttled,  ///< come again later
    Conflict,   ///< somebody else is at it, or it is not what was read
    Unsure,     ///< no answer, or the cloud's own fault: it may have had its effect
    Expired,    ///< the credentials are no longer good
    Refused,    ///< never: not allowed, not there, not understood
};

struct Learnt {
    Reply reply = Reply::Unsure;
    std::string problem = {};                            ///< for people, bounded, without secrets
    std::optional<std::chrono::milliseconds> pause = {}; ///< as the cloud wishes
};

enum class Standing : std::uint8_t { Open, Held, Failed, Superseded };

/// How one thing becomes ours: act, verify by looking, again where that fails, all within a budget. A plain value.
struct Pursuit {
    Standing standing = Standing::Open;
    Call next = Call::Act;
    bool calling = false; ///< `next` is under way
    bool acted = false;   ///< an Act was accepted, so looks may lag behind it
    Monotonic due = {};   ///< of `next`
    Monotonic deadline = {};
    std::uint32_t failures = 0;
    std::uint32_t looks = 0; ///< since Act, that did not show it
    std::uint32_t expiries = 0;
    std::string problem = {}; ///< the last one
    bool operator==(const Pursuit&) const = default;
};

inline constexpr std::uint32_t stale_looks = 4; ///< so many in a row are no staleness any more: Act once more

[[nodiscard]] Pursuit pursue(Monotonic now, std::chrono::nanoseconds budget);
/// The call that is to be made now, if one is: it counts as under way from here on.
[[nodiscard]] std::optional<Call> call_due(Pursuit& pursuit, Monotonic now);
/// `random` spreads pauses.
[[nodiscard]] Pursuit learn(Pursuit pursuit, const Learnt& learnt, Monotonic now, std::uint32_t random);
/// When something is due again, the deadline included; none = not before an answer, or never.
[[nodiscard]] std::optional<Monotonic> alarm_of(const Pursuit& pursuit);

} // namespace linkspan::takeover
