#pragma once

#include "nft/nested_spec.h"
#include "nft/transit.h"

#include <vector>

namespace linkspan::nft {

/// The chains that drop IKE and ESP of a connection that belongs inside another one's tunnel, where they would leave by any
/// other link, whatever routes say. In the order in which they are created; none where no connection goes through another.
/// A packet of the host itself, an encrypted one included, costs one look into a hash table.
[[nodiscard]] std::vector<TransitChain> nested_chains(const Nested& nested);

} // namespace linkspan::nft
