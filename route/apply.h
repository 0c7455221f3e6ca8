#pragma once

#include "base/error.h"
#include "base/plan.h"
#include "netlink/link_names.h"
#include "netlink/socket.h"
#include "route/address_spec.h"
#include "route/route_spec.h"
#include "route/rule_spec.h"

#include <span>
#include <vector>

namespace linkspan::route {

/// Does the steps in order, many per system call, and tells the outcome of each. Creating what stands there already and
/// deleting what is gone, with its link perhaps, are successes. What somebody else put in our place meanwhile is
/// Kind::Foreign and stays.
[[nodiscard]] std::vector<Result<>> apply_all(netlink::Socket& socket, std::span<const Op<AddressSpec>> ops,
                                              netlink::LinkNames names = netlink::LinkNames::of_kernel());
[[nodiscard]] std::vector<Result<>> apply_all(netlink::Socket& socket, std::span<const Op<RouteSpec>> ops,
                                              netlink::LinkNames names = netlink::LinkNames::of_kernel());
/// A rule that is there already is created, whoever made it.
[[nodiscard]] Result<> apply(netlink::Socket& socket, const Op<RuleSpec>& op);
[[nodiscard]] Result<> apply(netlink::Socket& socket, const Op<AddressSpec>& op);
[[nodiscard]] Result<> apply(netlink::Socket& socket, const Op<RouteSpec>& op);

} // namespace linkspan::route
