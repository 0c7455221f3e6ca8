#pragma once

#include "base/error.h"
#include "netlink/socket.h"
#include "nft/nat_decode.h"

#include <vector>

namespace linkspan::nft {

/// Reads the table `inet linkspan_nat`. Other tables are not looked into.
[[nodiscard]] Result<NatTable> observe_nat(netlink::Socket& socket);

/// What the counters stand at: "in-azure-hub", "out-azure-hub".
[[nodiscard]] Result<std::vector<SeenCounter>> read_counters(netlink::Socket& socket);

} // namespace linkspan::nft
