#pragma once

#include "base/ids.h"
#include "nft/nested_spec.h"
#include "nft/origin_spec.h"
#include "nft/transit_spec.h"

#include <cstdint>
#include <map>

namespace linkspan::nft {

/// The table `inet linkspan`: TCP MSS clamping of forwarded SYNs, both ways. Tunnel links, known by our group, are clamped
/// to their route's MTU, those in `mss` to a value a person wrote. Connections in policy mode have no link; there the SAs
/// that a packet came by or leaves by tell, and no other rule of the host translates what those SAs protect.
/// As long as the table is there, nothing is forwarded from one connection into another but what `transit` says, and nothing
/// comes by a tunnel link under the address of another connection; and what belongs inside another connection's tunnel
/// leaves by that tunnel alone.
struct Spec {
    bool clamp = false;                             ///< false: the table should not be there
    std::map<LinkName, std::uint16_t> mss = {};     ///< link -> MSS in bytes, for explicit `mss = N`
    std::map<Reqid, std::uint16_t> policy_mss = {}; ///< CHILD_SAs of connections in policy mode -> MSS in bytes
    Transits transit = {};
    Origins origins = {};
    Nested nested = {};
    bool operator==(const Spec&) const = default;
};

} // namespace linkspan::nft
