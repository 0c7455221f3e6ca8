#pragma once

#include "base/ids.h"
#include "base/ip.h"

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <span>

namespace linkspan::agent {

/// Whether a tunnel carries packets, told from the answers to numbered echo requests. Pure: the sockets and timers are
/// those of agent/prober.h.
struct ProbeState {
    enum class Verdict { Unknown, Alive, Lost };
    Verdict verdict = Verdict::Unknown;
    std::uint16_t sent = 0;        ///< number of the newest request; they go round
    std::uint16_t answered = 0;    ///< number of the newest that was answered
    std::uint32_t outstanding = 0; ///< requests after that one, counted up to `lost`
    std::uint32_t good = 0;        ///< answers to requests in a row
    bool operator==(const ProbeState&) const = default;
};

/// What the probes say of their connections' tunnels. One that is in neither has said nothing yet.
struct Verdicts {
    std::set<ConnectionName> alive = {};
    std::set<ConnectionName> lost = {};
    bool operator==(const Verdicts&) const = default;
};

/// It is time for the next request, number `sent` of the state that comes back. Where the last `lost` ones are without an
/// answer, the tunnel is dead.
[[nodiscard]] ProbeState after_interval(ProbeState state, std::uint32_t lost);

/// An answer came. One that nobody asked for, that was there before, or that comes `lost` intervals late says nothing.
/// The first makes an unknown tunnel alive; a dead one needs `lost` in a row.
[[nodiscard]] ProbeState after_answer(ProbeState state, std::uint16_t sequence, std::uint32_t lost);

/// ICMP or ICMPv6; the kernel fills in the checksum of the latter.
inline constexpr std::size_t echo_size = 16;
[[nodiscard]] std::array<std::uint8_t, echo_size> echo_request(Family family, std::uint16_t identifier,
                                                               std::uint16_t sequence);

/// The number of the request that this packet answers, as a raw socket delivers it: with its IP header in IPv4 only.
[[nodiscard]] std::optional<std::uint16_t> answered_sequence(Family family, std::uint16_t identifier,
                                                             std::span<const std::uint8_t> packet);

} // namespace linkspan::agent
