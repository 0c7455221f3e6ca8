#pragma once

#include "base/clock.h"
#include "ha/role.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace linkspan::ha {

/// What has to be equal on both gateways, in parts that a person can be told of; 0 = not known.
enum class Section : std::uint8_t { Gateway, Ike, Connections, Keys, Egress, Ha };
inline constexpr std::size_t sections = 6;
using ConfigDigest = std::array<std::uint64_t, sections>;
[[nodiscard]] std::string_view word_of(Section section); ///< "connections"
/// The sections in which both are known and not the same.
[[nodiscard]] std::vector<Section> differing(const ConfigDigest& ours, const ConfigDigest& theirs);

/// Version of heartbeats and of the rules in step.h. Gateways that differ in it never hand over to each other by
/// themselves; one takes over from the other when that is gone.
inline constexpr std::uint16_t protocol_version = 1;

/// Whether this gateway could carry the traffic. What makes it unfit is the agent's to judge and to name.
struct Health {
    bool fit = true;
    std::uint32_t reasons = 0; ///< bits of the agent's; shown, not interpreted
    bool operator==(const Health&) const = default;
};

/// How far the tunnels are copied, for people and for the comparison of both sides.
struct Replication {
    std::uint32_t sas = 0;          ///< inbound and outbound
    std::uint64_t spis = 0;         ///< a digest of their SPIs, independent of their order
    std::uint32_t counters_age = 0; ///< milliseconds since the peer's counters came; 0xffffffff = never
    bool lacks = false;             ///< of a standby: it could not go on with all SAs (Missing::lacks)
    bool operator==(const Replication&) const = default;
};

/// One gateway's word about itself. `sent` and `echo` are instants of monotonic clocks: the sender's own, and the
/// `sent` of the newest heartbeat it has heard from the receiver, handed back together with the receiver's `boot`. So the
/// receiver knows, by its own clock alone, an instant up to which its peer has certainly heard it.
struct Heartbeat {
    Node node = Node::First;
    Role role = Role::Init;
    Epoch epoch = {};            ///< of Active, Claim and Release their tenure's; of others the highest they know
    std::uint64_t boot = 0;      ///< random, of this start of the agent; never 0
    Monotonic sent = {};         ///< never the same twice within a boot, and growing
    std::uint64_t echo_boot = 0; ///< 0 = nobody was heard
    Monotonic echo = {};
    bool eligible = false;  ///< would claim if nobody else is active
    bool hand_over = false; ///< an active that wants to be relieved
    bool wants = false;     ///< a standby that wants to relieve the active
    std::uint8_t hears = 0; ///< bit i: the receiver is heard on path i
    std::uint16_t version = protocol_version;
    Health health = {};
    ConfigDigest config = {};
    Replication replication = {};
    bool operator==(const Heartbeat&) const = default;
};

/// True where the sender emits, or may do so before it is heard again.
[[nodiscard]] constexpr bool may_emit(Role role)
{
    return role == Role::Active || role == Role::Claim || role == Role::Release;
}

} // namespace linkspan::ha
