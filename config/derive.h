#pragma once

#include "base/ip.h"
#include "config/config.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace linkspan::config {

/// What follows from a connection's own values, for whoever makes it so (agent/compile) and for whoever explains it.

/// True in route mode: it has a tunnel link of its own. In policy mode its policies stand for all links.
[[nodiscard]] bool has_link(const Connection& connection);

/// The families of the packets it carries.
[[nodiscard]] std::vector<Family> inner_families(const Connection& connection);

/// Of its tunnel link (or, without one, of what its packets may be), in bytes: as written, else the largest that fits `underlay_mtu` whatever suite is chosen, and
/// that the profile allows.
[[nodiscard]] std::uint32_t link_mtu(const Connection& connection, std::uint32_t underlay_mtu);

/// The connection whose tunnel leads to this one's peer; null where the uplink does.
[[nodiscard]] const Connection* bearer_of(const Config& config, const Connection& connection);

/// What an encrypted packet of the connection may be, in bytes: the uplink's MTU, or that of the tunnels it goes through, the
/// smallest of them.
[[nodiscard]] std::uint32_t underlay_mtu(const Config& config, const Connection& connection, std::uint32_t uplink_mtu);

/// What a SYN through it may announce at most, in bytes: as written, else the profile's. Missing = what the route's MTU
/// allows, which limits it in any case.
[[nodiscard]] std::optional<std::uint16_t> mss_limit(const Connection& connection);

/// A network of the connection as the packets inside the tunnel have it, and as IKE tells it the peer: ours as the peer sees
/// it, the peer's as the peer itself knows it.
[[nodiscard]] TrafficSelector local_on_the_wire(const Connection& connection, TrafficSelector local);
[[nodiscard]] TrafficSelector remote_on_the_wire(const Connection& connection, TrafficSelector remote);

/// Networks of its mapped NAT that nobody on this side should have: what only the other side calls so, and what rules
/// translate wherever it turns up.
[[nodiscard]] std::vector<IpPrefix> nobodys_here(const ConnectionNat& nat);
/// Of those, what rules show the peer, or let our hosts use; `local_subnets` has some of it.
[[nodiscard]] std::vector<IpPrefix> shown_by_rules(const ConnectionNat& nat);

/// The peer as it was written: an address, a host name, or `any_peer`.
[[nodiscard]] std::string peer_text(const Connection& connection);

/// Its IKE identities as charon is given them. `local` is the address it speaks from.
[[nodiscard]] std::string local_identity(const Connection& connection, const IpAddress& local);
[[nodiscard]] std::string remote_identity(const Connection& connection);

/// In the mark of a vti interface's packets, and in the if_id of an xfrm interface's; 0 = not used.
[[nodiscard]] Mark mark_of(const Connection& connection);
[[nodiscard]] IfId if_id_of(const Connection& connection);

} // namespace linkspan::config
