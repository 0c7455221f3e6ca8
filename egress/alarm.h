#pragma once

#include "base/clock.h"

#include <cstdint>
#include <optional>
#include <utility>

namespace linkspan::egress {

/// What should not happen, and did: how often, and when last. Whoever tells of it may stop once it is long ago.
struct Alarm {
    std::uint64_t count = 0;
    Monotonic last = {}; ///< of no meaning where `count` is 0
    void raise(std::uint64_t more, Monotonic now)
    {
        if (more == 0) return;
        count += more;
        last = now;
    }
    bool operator==(const Alarm&) const = default;
};

/// How much a counter of the kernel's has gone up since it was looked at last. One that went down was made anew.
class Rise {
public:
    /// Nothing at the first look.
    std::uint64_t look(std::uint64_t value)
    {
        const auto before = last_.value_or(value);
        last_ = value;
        return value < before ? value : value - before;
    }

private:
    std::optional<std::uint64_t> last_;
};

/// Answers that went past the queue: those that the kernel counts behind it, less those that were let go out of it. It counts
/// none of them itself. Both numbers are taken by the thread that lets answers go, so none is between the two.
class Unseen {
public:
    void let_go() { ++let_go_; }
    /// How many there were since the last look. `passed`: the kernel's count. Fewer than were let go is none: others'
    /// rules may stand between.
    std::uint64_t look(std::uint64_t passed)
    {
        const auto due = last_.value_or(passed) + std::exchange(let_go_, 0);
        last_ = passed;
        return passed > due ? passed - due : 0;
    }

private:
    std::optional<std::uint64_t> last_;
    std::uint64_t let_go_ = 0; ///< since the last look
};

} // namespace linkspan::egress
