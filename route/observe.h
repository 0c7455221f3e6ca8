#pragma once

#include "base/error.h"
#include "netlink/link_names.h"
#include "netlink/socket.h"
#include "route/observed.h"

#include <span>

namespace linkspan::route {

/// Addresses and the main table's routes, by one dump of each per family. `socket`: NETLINK_ROUTE.
[[nodiscard]] Result<Observed> observe(netlink::Socket& socket,
                                       netlink::LinkNames names = netlink::LinkNames::of_kernel());

/// What to read again after a change.
struct Touched {
    std::span<const LinkName> links = {};     ///< their addresses, and our routes by them; a link that is gone has none
    std::span<const RouteKey> fallbacks = {}; ///< unreachable routes of ours
};

/// Reads again what was touched and leaves the rest of `observed` as it is, foreign routes in any case.
[[nodiscard]] Result<> refresh(netlink::Socket& socket, Observed& observed, const Touched& touched,
                               netlink::LinkNames names = netlink::LinkNames::of_kernel());

} // namespace linkspan::route
