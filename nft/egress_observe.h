#pragma once

#include "base/error.h"
#include "netlink/socket.h"
#include "nft/egress_table.h"

namespace linkspan::nft {

/// Reads the table `inet linkspan_egress` but for its pins. Other tables are not looked into.
[[nodiscard]] Result<EgressTable> observe_egress(netlink::Socket& socket);

/// How many pins stand in each set of them.
[[nodiscard]] Result<std::map<std::string, std::size_t>> count_pins(netlink::Socket& socket, const EgressTable& table);
/// Packets that passed behind the queue of answers since the table was made; 0 where there is none.
[[nodiscard]] Result<std::uint64_t> count_answers(netlink::Socket& socket);

} // namespace linkspan::nft
