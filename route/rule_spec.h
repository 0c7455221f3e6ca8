#pragma once

#include "base/ip.h"
#include "base/path.h"

#include <cstdint>

namespace linkspan::route {

/// A routing rule: packets of this family whose mark says that their session belongs to the tunnel `path` look into its
/// table before all others; where it has no route for them, the main table decides.
struct RuleSpec {
    Family family = Family::V4;
    Path path = Path::Primary;
    bool operator==(const RuleSpec&) const = default;
};

} // namespace linkspan::route
