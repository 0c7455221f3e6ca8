#pragma once

#include "base/plan.h"
#include "nft/paths_spec.h"
#include "nft/rule.h"

#include <string>
#include <vector>

namespace linkspan::nft {

/// In the order of their chains: "prerouting", "output", "rerouted", "forward".
[[nodiscard]] std::vector<Rule> rules(const Paths& paths);

/// The sets that hold the sessions, by conntrack's number for each: "by_primary_link", ...
[[nodiscard]] std::vector<std::string> session_sets();

/// nft commands for one step, to be run as one transaction. They name no table but `inet linkspan_paths`. An Update
/// keeps the sessions; a Replace forgets them until their next question.
[[nodiscard]] std::string render(const Op<Paths>& op);

} // namespace linkspan::nft
