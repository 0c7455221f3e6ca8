#pragma once

#include "base/plan.h"
#include "nft/nat_table.h"

#include <string>

namespace linkspan::nft {

/// At most one step. Update changes elements and counters only, and only those that differ; the rest of the table stays,
/// and packets find either the old elements or the new ones. Replace makes the table anew where its rules or maps are not
/// as they should be: the mapping is stateless, so that costs nobody more than the counters' values. Pure.
[[nodiscard]] Plan<NatTable> plan(const Nat& want, const NatTable& have);

/// What an Update does.
struct NatChanges {
    Elements gone = {}, fresh = {};
    Counters uncounted = {}, counted = {};
    std::set<std::string> objects_gone = {}, objects_fresh = {};
};
[[nodiscard]] NatChanges changes_between(const NatTable& before, const NatTable& after);

/// "table inet linkspan_nat"
[[nodiscard]] std::string describe(const NatTable& table);
/// "4 elements for azure-hub"; for an Update "azure-hub: 2 elements more, 2 less".
[[nodiscard]] std::string detail(const Op<NatTable>& op);

} // namespace linkspan::nft
