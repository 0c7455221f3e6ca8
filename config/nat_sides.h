#pragma once

#include "config/config.h"

#include <cstddef>
#include <string>
#include <vector>

namespace linkspan::config {

/// A network of a connection by what each side calls it.
struct NatRow {
    IpPrefix here = {};
    IpPrefix there = {};
    bool ours = false;
    bool is_mapped = false;
    std::size_t index = 0; ///< among the mappings of its side, or among its subnets
};
using NatRows = std::vector<NatRow>;

/// The mappings of one side first, then the networks that keep their addresses.
[[nodiscard]] NatRows nat_rows(const Connection& connection, bool ours);

/// The two sides, as a picture for people; begins with a newline, and shows six networks of each side at the most.
[[nodiscard]] std::string nat_picture(const NatRows& ours, const NatRows& theirs);

} // namespace linkspan::config
