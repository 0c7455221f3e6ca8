#pragma once

#include "agent/desired.h"
#include "agent/step.h"
#include "agent/world.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace linkspan::agent {

/// A foreign object in our way, and the room it was found in.
struct Obstacle {
    Room room = Room::Links;
    Conflict conflict = {};
};

struct Planned {
    std::vector<Step> steps = {}; ///< in the order of their phases
    std::vector<Obstacle> obstacles = {};
};

/// What charon is to begin and to end, apart from what the file says.
struct IkeOrders {
    /// Children that may be initiated now (start = "always" and not in back-off, or asked for by a person).
    std::set<Reqid> initiate = {};
    /// IKE_SAs to replace, by unique id, and what is wrong with each; empty: a person wants it.
    std::map<std::uint64_t, std::string> end = {};
    std::vector<RankState> rank = {};
    /// On a standby: SAs that the active gateway has. A copy that lacks them is made whole, not ended.
    std::set<xfrm::StateKey> told = {};
    std::vector<ike::Terminate> half_copied = {}; ///< on a standby, to be ended
};

/// What is missing between what should be and what is, over all rooms that were observed; routes and addresses only
/// where the links were observed too, for a link of that name may be somebody else's. Pure.
[[nodiscard]] Planned plan(const Desired& desired, const Observed& observed, const ike::Ledger& ledger,
                           const IkeOrders& orders);

} // namespace linkspan::agent
