#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <vector>

namespace linkspan::nft {

/// For a socket that hears of connection tracking: the kernel tells of TCP and UDP alone, and of these of sessions that are
/// translated or carry one of `marks`. Whatever else comes and goes on a busy gateway wakes nobody.
[[nodiscard]] std::vector<sock_filter> program_of_flows(std::uint32_t marks);

} // namespace linkspan::nft
