#pragma once

#include "base/error.h"
#include "base/plan.h"
#include "netlink/socket.h"
#include "xfrm/policy_spec.h"
#include "xfrm/state_spec.h"
#include "xfrm/static_state.h"

#include <span>
#include <vector>

namespace linkspan::xfrm {

/// Does the ops in order, many per system call, and tells the outcome of each. Creating what stands there already and
/// deleting what is gone are successes; a policy of somebody else that appeared in our place is Kind::Foreign and stays.
[[nodiscard]] std::vector<Result<>> apply_all(netlink::Socket& socket, std::span<const Op<PolicySpec>> ops);
[[nodiscard]] Result<> apply(netlink::Socket& socket, const Op<PolicySpec>& op);

/// Installs, replaces or deletes a static SA. A place that somebody else's SA has is Kind::Foreign; without extended
/// sequence numbers, those that are used up are Kind::Config.
[[nodiscard]] Result<> apply(netlink::Socket& socket, const Op<StateSpec>& op);

/// One that is gone already is a success.
[[nodiscard]] Result<> delete_state(netlink::Socket& socket, const ObservedState& state);
/// Gives an SA a rank and leaves everything else of it as it is; packets that leave meanwhile may be missing in its
/// counters. One that is gone, or that cannot have a rank, is a success. Where it fails the SA is as it was.
[[nodiscard]] Result<> rank_state(netlink::Socket& socket, const ObservedState& state, Rank rank);

/// From now on the socket, of this family, sends by the SAs of the template or not at all. The policy is the socket's own and ends
/// with it; the kernel asks it before all others.
[[nodiscard]] Result<> send_by_sas(int socket, Family family, const Template& protect);

} // namespace linkspan::xfrm
