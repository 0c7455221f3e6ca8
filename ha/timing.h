#pragma once

#include <chrono>
#include <cstdint>

namespace linkspan::ha {

/// The pair's times. Both gateways have the same: they are part of the configuration's digest.
struct Timing {
    std::chrono::nanoseconds interval = std::chrono::milliseconds{100}; ///< between heartbeats
    std::uint32_t lost = 5; ///< intervals of silence: the peer is gone; at least 4
    std::chrono::nanoseconds hold_down = std::chrono::seconds{10}; ///< fit for so long before a fault is over
    std::uint32_t flap_limit = 3; ///< claims within flap_window that no person asked for
    std::chrono::nanoseconds flap_window = std::chrono::seconds{60};
    std::chrono::nanoseconds patience = std::chrono::seconds{3}; ///< a switchover that takes longer is called off

    bool operator==(const Timing&) const = default;

    /// Silence after which a standby may claim.
    [[nodiscard]] constexpr std::chrono::nanoseconds detect() const { return interval * lost; }
    /// How long the kernel lets a gateway emit that its agent no longer vouches for: below detect().
    [[nodiscard]] constexpr std::chrono::nanoseconds fence() const { return interval * lost * 3 / 5; }
    /// What two clocks may drift, and the kernel's timers be late, within detect().
    [[nodiscard]] constexpr std::chrono::nanoseconds margin() const { return interval / 2; }
    /// How long after something was heard from an active gateway its peer keeps still.
    [[nodiscard]] constexpr std::chrono::nanoseconds lease() const { return detect() - margin(); }
    /// Between two ticks: the fence is refreshed so often.
    [[nodiscard]] constexpr std::chrono::nanoseconds tick() const { return interval / 2; }
    /// After the last heartbeat the next one is due. Ticks are the earliest moments for it, and come a little early or late: one
    /// that is early by microseconds is the one that was meant, or every other interval would be half as long again.
    [[nodiscard]] constexpr std::chrono::nanoseconds due() const { return interval - tick() / 2; }
};

} // namespace linkspan::ha
