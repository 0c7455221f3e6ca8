#pragma once

#include "base/plan.h"
#include "xfrm/observed_policy.h"
#include "xfrm/policy_spec.h"
#include "xfrm/state_spec.h"

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <vector>

namespace linkspan::xfrm {

/// What turns `have` into `want`. Ops are in an order that never leaves a packet without a matching policy: block
/// twins are created, bypasses and protect policies created or updated in place, then those deleted, block twins last.
/// A bypass comes before the protect policy that would swallow its packets, and goes after it.
/// Deletes only ours; another's policy at a key of ours is a conflict.
[[nodiscard]] Plan<PolicySpec> plan(const std::map<PolicyKey, PolicySpec>& want, const Policies& have);

/// What the agent knows of its SAs, to tell stray ones.
struct StateFacts {
    std::set<StateKey> known = {};    ///< every ESP SA that charon lists, both directions
    std::set<Reqid> configured = {};  ///< of all connections in the file
    std::set<Reqid> established = {}; ///< of connections with an installed CHILD_SA
    std::set<Reqid> ended = {};       ///< of connections that are to carry nothing
    std::uint64_t now = 0;            ///< seconds since the epoch
};

/// An SA that charon does not list may be one it is just installing; after this long (seconds) it is a stray.
inline constexpr std::uint64_t state_grace = 60;

/// The SAs to delete: ours, but nobody rekeys or ends them any more, for charon does not list them, and their connection
/// either has another one installed, is to carry nothing, or is no longer configured. Else a connection's only SAs stay, so
/// traffic flows while charon is being restarted; so do larval ones, which the kernel expires. Only to be asked with a list that charon gave
/// in full, after `have` was observed.
[[nodiscard]] std::vector<ObservedState> plan_states(std::span<const ObservedState> have, const StateFacts& facts);

} // namespace linkspan::xfrm
