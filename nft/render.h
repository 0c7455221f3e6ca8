#pragma once

#include "base/plan.h"
#include "nft/spec.h"

#include <string>
#include <vector>

namespace linkspan::nft {

/// The rules in the order of their chains, each with a comment that names its own text by a hash. The kernel gives the
/// comment back as it is, while every nft version prints the rule itself a little differently.
struct Rule {
    std::string chain = {}; ///< "forward", "postrouting", "transit" and those it leads to
    std::string text = {};
    std::string comment = {};
};
[[nodiscard]] std::vector<Rule> rules(const Spec& spec);

/// nft commands for one step, to be run as one transaction. They name no table but `inet linkspan`.
[[nodiscard]] std::string render(const Op<Spec>& op);

} // namespace linkspan::nft
