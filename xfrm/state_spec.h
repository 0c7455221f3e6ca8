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

/// An ESP SA as the kernel holds it, keys left out: they are never read.
struct ObservedState {
    StateKey key = {};
    IpAddress source = {};
    Reqid reqid = {};
    IfId if_id = {};
    Mark mark = {};
    std::uint64_t bytes = 0;
    std::uint64_t packets = 0;
    std::uint64_t added = 0; ///< seconds since the epoch
    bool larval = false;     ///< XFRM_STATE_ACQ: a place held while IKE negotiates; SPI is 0 or not yet usable
    bool operator==(const ObservedState&) const = default;
};

} // namespace linkspan::xfrm
