#pragma once

#include "base/error.h"
#include "netlink/socket.h"
#include "vti/observed.h"

#include <span>

namespace linkspan::vti {

/// All links of the network namespace in one dump, without statistics. `socket`: NETLINK_ROUTE.
[[nodiscard]] Result<Observed> observe(netlink::Socket& socket);

/// Reads the named links again; one that is gone leaves `observed`. Many names cost one dump.
[[nodiscard]] Result<> refresh(netlink::Socket& socket, Observed& observed, std::span<const LinkName> names);

} // namespace linkspan::vti
