#pragma once

#include "base/clock.h"
#include "egress/datagram.h"
#include "egress/guard.h"
#include "egress/pins.h"
#include "egress/policy.h"
#include "egress/questions.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace linkspan::egress {

/// Why an answer opened nothing, for counters and for the person who asks.
enum class Outcome : std::uint8_t {
    Learnt,    ///< there may be nothing new in it all the same
    Malformed, ///< no DNS, or none that can be trusted
    Unasked,   ///< nobody asked that: forged, or later than anybody waits
    NotListed, ///< the client has no rule for that name
    NoAddress, ///< an error, another type, an alias that leads nowhere
    KeptOut,   ///< every address leads inwards
};
constexpr std::size_t outcomes = 6;

struct Snooped {
    Outcome outcome = Outcome::Malformed;
    Learnt learnt = {};
};

/// What an answer opens for the client that asked. It decides, and does not do: the pins it gives must stand in the kernel
/// before the answer goes on, so that the client's first packet finds them.
class Snoop {
public:
    struct Limits {
        Questions::Limits questions = {};
        Pins::Limits pins = {};
    };
    Snoop(const Spec& spec, Guard guard, const Limits& limits);

    /// A datagram from a client to a resolver.
    void asked(const Datagram& query, Monotonic now);
    /// A datagram from a resolver to a client.
    [[nodiscard]] Snooped answered(const Datagram& answer, Monotonic now);

    [[nodiscard]] const Policy& policy() const { return policy_; }
    [[nodiscard]] const Pins& pins() const { return pins_; }
    [[nodiscard]] std::uint64_t count(Outcome outcome) const { return counts_[static_cast<std::size_t>(outcome)]; }

private:
    [[nodiscard]] Snooped judge(const Datagram& datagram, Monotonic now);

    Policy policy_;
    Guard guard_;
    Questions questions_;
    Pins pins_;
    std::array<std::uint64_t, outcomes> counts_{};
};

} // namespace linkspan::egress
