#pragma once

#include "base/plan.h"
#include "nft/rule.h"
#include "nft/spec.h"

#include <string>
#include <vector>

namespace linkspan::nft {

/// In the order of their chains: "forward", "postrouting", "transit" and those it leads to.
[[nodiscard]] std::vector<Rule> rules(const Spec& spec);

/// nft commands for one step, to be run as one transaction. They name no table but `inet linkspan`.
[[nodiscard]] std::string render(const Op<Spec>& op);

} // namespace linkspan::nft
