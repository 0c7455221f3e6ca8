#pragma once

#include "base/error.h"
#include "base/plan.h"
#include "netlink/socket.h"
#include "xfrm/policy_spec.h"
#include "xfrm/state_spec.h"

#include <span>
#include <vector>

namespace linkspan::xfrm {

/// Does the ops in order, many per system call, and tells the outcome of each. Creating what stands there already and
/// deleting what is gone are successes; a policy of somebody else that appeared in our place is Kind::Foreign and stays.
[[nodiscard]] std::vector<Result<>> apply_all(netlink::Socket& socket, std::span<const Op<PolicySpec>> ops);
[[nodiscard]] Result<> apply(netlink::Socket& socket, const Op<PolicySpec>& op);

/// The only thing we ever do to an SA. One that is gone already is a success.
[[nodiscard]] Result<> delete_state(netlink::Socket& socket, const ObservedState& state);

} // namespace linkspan::xfrm
