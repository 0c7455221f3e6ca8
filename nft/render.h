#pragma once

#include "base/plan.h"
#include "nft/rule.h"
#include "nft/spec.h"
#include "nft/transit.h"

#include <string>
#include <vector>

namespace linkspan::nft {

/// All chains beside `forward` and `postrouting`, in the order in which they are created.
[[nodiscard]] std::vector<TransitChain> branches(const Spec& spec);

/// In the order of their chains: "forward", the branches, "postrouting".
[[nodiscard]] std::vector<Rule> rules(const Spec& spec);

/// nft commands for one step, to be run as one transaction. They name no table but `inet linkspan`.
[[nodiscard]] std::string render(const Op<Spec>& op);

} // namespace linkspan::nft
