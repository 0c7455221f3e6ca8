#pragma once

#include "nft/spec.h"

#include <set>
#include <string>
#include <vector>

namespace linkspan::nft {

/// The table `inet linkspan` as the kernel has it.
struct Observed {
    bool present = false;
    /// Comments of the chains' rules, in order; ours name their own text by a hash. A rule without a comment is
    /// the empty string.
    std::vector<std::string> rules = {};
    bool shaped = false; ///< the chains are hooked where they should be, the map is there, and nothing else is
    std::set<std::string> branches = {}; ///< chains without a hook
    bool keeps_sources = false;          ///< the chain is there that only connections in policy mode need
    std::map<LinkName, std::uint16_t> mss = {};
    bool operator==(const Observed&) const = default;
};

} // namespace linkspan::nft
