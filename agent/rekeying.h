#pragma once

#include <cstdint>
#include <vector>

namespace linkspan::agent {

/// SAs to be rekeyed, by charon's ids.
struct Rekeying {
    std::vector<std::uint64_t> ikes = {};
    std::vector<std::uint64_t> children = {};
    bool operator==(const Rekeying&) const = default;
};

} // namespace linkspan::agent
