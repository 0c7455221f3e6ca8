#pragma once

#include "config/draft.h"

#include <string>

namespace linkspan::config {

/// What compares values with each other. Every check is O(n log n) in the number of connections and subnets.

/// Within one connection: families, MTU and MSS, lifetimes, its own networks.
void check_connection(const ConnectionDraft& draft, Diagnostics& diagnostics);

/// Within one connection: authentication, identities, and what its IKE version can negotiate.
void check_ike(const ConnectionDraft& draft, Diagnostics& diagnostics);

/// Within one connection: static keys, and what they exclude.
void check_keys(const ConnectionDraft& draft, Diagnostics& diagnostics);

/// Within one connection: what belongs to its mode and what does not, and the pairs that its networks make.
void check_mode(const ConnectionDraft& draft, Diagnostics& diagnostics);

/// Within one connection: what its mapped NAT maps, and onto what.
void check_nat(const ConnectionDraft& draft, Diagnostics& diagnostics);

/// Within one connection: what the rules of its mapped NAT look at, and what they write.
void check_rules(const ConnectionDraft& draft, Diagnostics& diagnostics);
/// Between connections: that rules can tell by the addresses which connection a session is of.
void check_rules(const Draft& draft, Diagnostics& diagnostics);

/// Between connections, and with [gateway]: names, ids, devices, tunnel ends.
void check_names(const Draft& draft, Diagnostics& diagnostics);
void check_ends(const Draft& draft, Diagnostics& diagnostics);
/// Peers of any address: what needs one that is known, and default routes that the answers to them would take.
void check_any_peers(const Draft& draft, Diagnostics& diagnostics);
/// Between connections: what IKE could not tell apart.
void check_identities(const Draft& draft, Diagnostics& diagnostics);

/// Between connections, and with [gateway]: remote subnets, tunnel networks, peers and our own addresses. Disabled
/// connections take no part: they hold nothing in the kernel.
void check_networks(const Draft& draft, Diagnostics& diagnostics);

/// Between connections in policy mode: pairs of networks that are the same, or overlap.
void check_pairs(const Draft& draft, Diagnostics& diagnostics);

/// `transit`: that the connections it names are there, and that the pairs of policy mode can carry what it lets through.
void check_transit(const Draft& draft, Diagnostics& diagnostics);

/// `through`: that the connection it names can carry this one, and that no tunnel carries itself.
void check_through(const Draft& draft, Diagnostics& diagnostics);

/// Probes, and what a backup must not share with its connection.
void check_backups(const Draft& draft, Diagnostics& diagnostics);

/// [ha]: paths, shared addresses, takeover and arbiter, and that tunnels end at an address that is shared.
void check_ha(const Draft& draft, Diagnostics& diagnostics);

/// `connection "azure-hub" (/etc/linkspan/linkspan.toml:12)`
[[nodiscard]] std::string reference(const ConnectionDraft& draft);

void add_error(Diagnostics& diagnostics, const ConnectionDraft& draft, const Span& at, std::string message,
               std::string help);
void add_warning(Diagnostics& diagnostics, const ConnectionDraft& draft, const Span& at, std::string message,
                 std::string help);

} // namespace linkspan::config
