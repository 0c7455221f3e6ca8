#pragma once

#include "base/ids.h"
#include "netlink/socket.h"

namespace linkspan::route {

/// A packet whose next hop is still looked for has passed every filter of the host, and leaves whenever that is found, however
/// long nothing may leave any more: after a cable that came back, a second later. Forgets the neighbours that are looked for
/// on the link, and with them what waits; those that are known stay. A link that is not there has none.
[[nodiscard]] Result<> drop_waiting(netlink::Socket& rtnl, const LinkName& link);

} // namespace linkspan::route
