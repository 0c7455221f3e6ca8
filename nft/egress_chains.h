#pragma once

#include "nft/egress_table.h"

#include <vector>

namespace linkspan::nft {

/// The chains, each in front of those that lead to it. What a packet of a session that was let in costs does not depend on
/// the rules; the first one of a session looks into two sets for each tag that names networks, and one for its class.
[[nodiscard]] std::vector<EgressChain> egress_chains(const Egress& egress);

/// As the kernel has the hook of a base chain.
[[nodiscard]] Hook hook_of(const EgressChain& chain);

} // namespace linkspan::nft
