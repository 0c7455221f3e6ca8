#pragma once

#include "base/plan.h"
#include "nft/egress_table.h"

#include <map>
#include <set>
#include <string>

namespace linkspan::nft {

/// At most one step, which never touches a pin: sets of pins are made when a class of services appears and go when it does.
/// Packets find either the old rules or the new ones. Pure.
[[nodiscard]] Plan<EgressTable> plan(const Egress& want, const EgressTable& have);

/// What a step does, in this order: what the rules need, the rules, what they need no more.
struct EgressChanges {
    std::set<std::string> fresh_sets = {}; ///< of networks
    std::set<std::string> fresh_pin_sets = {};
    std::map<std::string, Ranges> fresh_ranges = {}; ///< by set
    std::map<std::string, Ranges> gone_ranges = {};  ///< of sets that stay
    bool chains = false;                             ///< all are written anew
    std::set<std::string> gone_chains = {};
    std::set<std::string> gone_sets = {};
};
[[nodiscard]] EgressChanges changes_between(const EgressTable& before, const EgressTable& after);

/// "table inet linkspan_egress"
[[nodiscard]] std::string describe(const EgressTable& table);
/// "4 networks more, 2 less; rules"
[[nodiscard]] std::string detail(const Op<EgressTable>& op);

} // namespace linkspan::nft
