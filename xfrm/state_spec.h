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

/// An ESP SA as the kernel holds it, keys left out: they are never read.
struct ObservedState {
    StateKey key = {};
    IpAddress source = {};
    Reqid reqid = {};
    IfId if_id = {};
    Mark mark = {};
    std::uint64_t bytes = 0;
    std::uint64_t packets = 0;
    std::uint64_t added = 0;       ///< seconds since the epoch; says nothing of the age of one that is not Plain
    std::uint64_t soft_expiry = 0; ///< seconds since the epoch: it asks to be renewed; 0 = never
    Rank rank = Rank::Plain;
    bool larval = false; ///< XFRM_STATE_ACQ: a place held while IKE negotiates; SPI is 0 or not yet usable
    bool operator==(const ObservedState&) const = default;
};

} // namespace linkspan::xfrm
