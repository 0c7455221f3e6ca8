#pragma once

#include "base/ids.h"
#include "base/ip.h"

#include <compare>
#include <cstdint>

namespace linkspan::xfrm {

/// What names an ESP SA in the kernel.
struct StateKey {
    IpAddress destination = {};
    Spi spi = {};
    auto operator<=>(const StateKey&) const = default;
};

/// Of several SAs that fit a policy the kernel takes one that is not near its end, and of those the one that was added
/// last (xfrm_state_look_at). So an SA comes first if it seems to be added just before it is to be renewed, and last if
/// it seems to be as old as can be. Its lifetimes are then counted from there, and end when they would have anyway.
enum class Rank : std::uint8_t {
    Plain, ///< as whoever made it left it
    First,
    Last,
};

/// Packets that the kernel dropped as they came in by an SA, since that was installed.
struct StateErrors {
    std::uint64_t late = 0;     ///< older than the replay window
    std::uint64_t replayed = 0; ///< their numbers had been seen
    std::uint64_t forged = 0;   ///< the integrity check failed: other keys, or somebody else's work
    bool operator==(const StateErrors&) const = default;
};

/// An ESP SA as the kernel holds it, keys left out: of those that IKE made they are never read.
struct ObservedState {
    StateKey key = {};
    IpAddress source = {};
    Reqid reqid = {};
    IfId if_id = {};
    Mark mark = {};
    std::uint64_t bytes = 0;
    std::uint64_t packets = 0;
    StateErrors errors = {};
    std::uint64_t added = 0;       ///< seconds since the epoch; says nothing of the age of one that is not Plain
    std::uint64_t soft_expiry = 0; ///< seconds since the epoch: it asks to be renewed; 0 = never
    Rank rank = Rank::Plain;
    bool larval = false;    ///< XFRM_STATE_ACQ: a place held while IKE negotiates; SPI is 0 or not yet usable
    bool is_static = false; ///< made by the agent from keys in a file; what follows is known of those alone
    bool esn = false;
    bool encapsulated = false;
    std::uint32_t replay_window = 0; ///< packets
    std::uint64_t sent = 0;          ///< the last sequence number out
    std::uint64_t received = 0;      ///< the highest one in
    std::uint64_t digest = 0;        ///< of suite and keys (`digest_of`); 0: of another suite than ours
    bool operator==(const ObservedState&) const = default;
};

} // namespace linkspan::xfrm
