#pragma once

#include "base/ip.h"

#include <compare>
#include <map>
#include <span>
#include <vector>

namespace linkspan::nft {

/// Addresses of one family, both ends included.
struct Range {
    IpAddress first = {};
    IpAddress last = {};
    auto operator<=>(const Range&) const = default;
};
using Ranges = std::vector<Range>; ///< rising, neither overlapping nor touching: what a set of intervals takes

/// All addresses of the family that are in one of the networks. The kernel refuses intervals that overlap.
[[nodiscard]] Ranges ranges_of(std::span<const IpPrefix> networks, Family family);

/// The addresses whose longest prefix says true.
[[nodiscard]] Ranges ranges_by_longest(const std::map<IpPrefix, bool>& networks, Family family);

/// The address behind this one; nothing behind the last.
[[nodiscard]] bool increment(IpAddress& address);

} // namespace linkspan::nft
