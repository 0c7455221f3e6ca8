#pragma once

#include "nft/origin_spec.h"
#include "nft/transit.h"

#include <vector>

namespace linkspan::nft {

/// The chains that drop what a tunnel link brings in the name of another connection: packets whose source is routed into
/// another one's link, or is protected by one in policy mode. What leads nowhere of ours, like the routers that report errors from
/// between the ends, passes. In the order in which they are created. A packet costs two looks into the routing table, and where
/// connections have backups one into a hash table.
[[nodiscard]] std::vector<TransitChain> origin_chains(const Origins& origins);

} // namespace linkspan::nft
