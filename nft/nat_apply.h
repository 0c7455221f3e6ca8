#pragma once

#include "base/error.h"
#include "base/plan.h"
#include "netlink/socket.h"
#include "nft/nat_table.h"

namespace linkspan::nft {

/// One step, as one transaction: all of it happens or none. Deleting a table that is gone is success.
[[nodiscard]] Result<> apply(const Op<NatTable>& op);
[[nodiscard]] Result<> apply(netlink::Socket& socket, const Op<NatTable>& op);

} // namespace linkspan::nft
