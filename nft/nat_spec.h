#pragma once

#include "base/ids.h"
#include "base/ip.h"

#include <compare>
#include <map>
#include <string>
#include <vector>

namespace linkspan::nft {

/// A network as this side of the tunnel knows it, and as it is written in the packets inside the tunnel. Both have the
/// same length; the part of an address behind it is kept.
struct Mapping {
    IpPrefix inside = {};
    IpPrefix outside = {};
    auto operator<=>(const Mapping&) const = default;
};

/// What becomes of the packets of one CHILD_SA where they enter and leave the tunnel.
struct Mouth {
    std::string connection = {}; ///< its counters are named after it; a backup shares those of its connection
    std::vector<Mapping> local = {};
    std::vector<Mapping> remote = {};
    /// Of a VTI: what comes out of one no longer says by which SA it came (docs/kernel-facts.md). Empty for others.
    LinkName link = {};
    bool operator==(const Mouth&) const = default;
};

/// Mapped NAT of the gateway: the CHILD_SAs whose packets are translated. Where there is none there is no table.
struct Nat {
    std::map<Reqid, Mouth> mouths = {};
    bool operator==(const Nat&) const = default;
};

} // namespace linkspan::nft
