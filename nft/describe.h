#pragma once

#include "base/plan.h"
#include "nft/spec.h"

#include <string>

namespace linkspan::nft {

/// "table inet linkspan"
[[nodiscard]] std::string describe(const Spec& spec);
/// "clamp TCP MSS to the route's MTU, ls-a to 1360"; for an Update what differs, "mss of ls-a 1360 -> 1340".
[[nodiscard]] std::string detail(const Op<Spec>& op);

} // namespace linkspan::nft
