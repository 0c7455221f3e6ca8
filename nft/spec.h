#pragma once

#include "base/ids.h"

#include <cstdint>
#include <map>

namespace linkspan::nft {

/// The table `inet linkspan`: TCP MSS clamping of forwarded SYNs on our tunnel links, both ways.
/// Links of our group are clamped to their route's MTU; those in `mss` to a value a person wrote.
struct Spec {
    bool clamp = false;                         ///< false: the table should not be there
    std::map<LinkName, std::uint16_t> mss = {}; ///< link -> MSS in bytes, for explicit `mss = N`
    bool operator==(const Spec&) const = default;
};

} // namespace linkspan::nft
