#pragma once

#include "base/error.h"
#include "base/plan.h"
#include "netlink/socket.h"
#include "nft/egress_codec.h"
#include "nft/egress_table.h"

#include <functional>
#include <set>
#include <string>

namespace linkspan::nft {

/// Called between the sets and the rules: the pins are written into sets that have just been made (by these names), and
/// from then on the old ones may go. So a packet finds its pin by the old rules and by the new ones.
using MovePins = std::function<void(const std::set<std::string>& fresh)>;

/// One step. Packets find either the old rules or the new ones, never none. Deleting a table that is gone is success.
[[nodiscard]] Result<> apply(netlink::Socket& socket, const Op<EgressTable>& op, const MovePins& move);

} // namespace linkspan::nft
