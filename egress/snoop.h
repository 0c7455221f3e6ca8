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
#include <optional>

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
    std::optional<DnsAnswer> answer = {}; ///< of a question that was asked, whatever became of it
};

/// What an answer opens for the client that asked. It decides, and does not do: the pins it gives must stand in the kernel
/// before the answer goes on, so that the client's first packet finds them.
class Snoop {
public:
    struct Limits {
        Questions::Limits questions = {};
        Pins::Limits pins = {};
        bool operator==(const Limits&) const = default;
    };
    Snoop(SharedPolicy policy, Guard guard, const Limits& limits);

    /// A datagram from a client to a resolver.
    void asked(const Datagram& query, Monotonic now);
    /// A datagram from a resolver to a client.
    [[nodiscard]] Snooped answered(const Datagram& answer, Monotonic now);

    [[nodiscard]] const Policy& policy() const { return *policy_; }
    [[nodiscard]] const Pins& pins() const { return pins_; }
    [[nodiscard]] const Questions& questions() const { return questions_; }
    [[nodiscard]] const Guard& guard() const { return guard_; }
    /// A pin of before; the kernel has to be told what comes of it. Nothing where the rules do not allow it now.
    [[nodiscard]] Learnt adopt(const Pins::Standing& standing, Monotonic now);
    /// Questions that were asked under other rules are answered under these.
    void carry_on(Snoop& before) { questions_.carry_on(std::move(before.questions_)); }
    void unlearn(const Pin& pin) { pins_.unlearn(pin); }
    /// Pins whose time is over.
    void forget(Monotonic now) { pins_.forget(now); }
    [[nodiscard]] std::uint64_t count(Outcome outcome) const { return counts_[static_cast<std::size_t>(outcome)]; }

private:
    [[nodiscard]] Snooped judge(const Datagram& datagram, Monotonic now);

    SharedPolicy policy_;
    Guard guard_;
    Questions questions_;
    Pins pins_;
    std::array<std::uint64_t, outcomes> counts_{};
};

} // namespace linkspan::egress
