#pragma once

#include "nft/spec.h"

#include <string>
#include <vector>

namespace linkspan::nft {

/// The table `inet linkspan` as the kernel has it.
struct Observed {
    bool present = false;
    /// Comments of the forward chain's rules, in order; ours name their own text by a hash. A rule without a comment is
    /// the empty string.
    std::vector<std::string> rules = {};
    bool shaped = false; ///< the chain is hooked where it should be, the map is there, and nothing else is
    std::map<LinkName, std::uint16_t> mss = {};
    bool operator==(const Observed&) const = default;
};

} // namespace linkspan::nft
