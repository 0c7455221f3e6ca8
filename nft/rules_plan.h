#pragma once

#include "base/plan.h"
#include "nft/rules_table.h"

#include <set>
#include <string>

namespace linkspan::nft {

/// At most one step. Update changes the chains of connections that changed, and nothing of the others'. Pure.
[[nodiscard]] Plan<RulesTable> plan(const Rules& want, const RulesTable& have);

/// Connections whose chains or addresses differ.
[[nodiscard]] std::set<ConnectionId> changed_between(const RulesTable& before, const RulesTable& after);
/// The networks whose sessions a step has to compare with the rules: those of what changed, and those that a step which was
/// interrupted has left.
[[nodiscard]] std::set<IpPrefix> ending_of(const Op<RulesTable>& op);

/// "table inet linkspan_rules"
[[nodiscard]] std::string describe(const RulesTable& table);
/// "rules of azure-hub"
[[nodiscard]] std::string detail(const Op<RulesTable>& op);

} // namespace linkspan::nft
