#pragma once

#include "base/ids.h"
#include "base/mapping_rule.h"
#include "nft/transit_spec.h"

#include <map>
#include <set>
#include <vector>

namespace linkspan::nft {

/// Custom mapping of a connection, its backup included.
struct RuleSet {
    ConnectionName name = {};
    Ends ends = {};
    std::vector<IpPrefix> remote = {}; ///< the peer's networks as this side knows them; no other rule set has them
    /// Sources that the peer does not know: what no rule translates of these is dropped. In policy mode.
    std::vector<IpPrefix> unknown_there = {};
    std::vector<MappingRule> rules = {};
    bool operator==(const RuleSet&) const = default;
};

/// The table `inet linkspan_rules`: the sessions that connection tracking translates, in the one address space that
/// everything but the tunnels knows, and the links whose packets nobody else is to translate.
struct Rules {
    std::map<ConnectionId, RuleSet> sets = {};
    std::set<LinkName> keeps = {}; ///< links of connections that are mapped one to one, and have no rules
    [[nodiscard]] bool empty() const { return sets.empty() && keeps.empty(); }
    bool operator==(const Rules&) const = default;
};

} // namespace linkspan::nft
