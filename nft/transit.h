#pragma once

#include "nft/transit_spec.h"

#include <string>
#include <vector>

namespace linkspan::nft {

/// A chain of ours beside `forward` and `postrouting`, and its rules in order.
struct TransitChain {
    std::string name = {};
    std::string hook = {}; ///< empty: other chains jump to it
    std::vector<std::string> rules = {};
};

/// In the order in which they are created: whoever is jumped to comes first. What a packet costs does not depend on the
/// number of connections: each decision is one look into a hash table.
[[nodiscard]] std::vector<TransitChain> transit_chains(const Transits& transits);

/// "spoke-a -> spoke-b, spoke-c; hub -> spoke-a", or "none".
[[nodiscard]] std::string describe(const Transits& transits);

} // namespace linkspan::nft
