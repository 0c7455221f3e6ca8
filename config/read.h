#pragma once

#include "config/draft.h"
#include "config/reader.h"

namespace linkspan::config {

/// Adds what one file says to the draft: types, ranges and spelling of each value are checked here; what compares
/// values with each other is checked in check.h.
void read_document(const Document& document, Diagnostics& diagnostics, Draft& into);

/// [gateway], [ha], [ike], [[connection]] and [egress], each given the value that stands under its key.
void read_gateway(Reader& reader, const Key& key, const Value& value, Draft& into);
void read_ha(Reader& reader, const Key& key, const Value& value, Draft& into);
void read_ike(Reader& reader, const Key& key, const Value& value, Draft& into);
void read_connections(Reader& reader, const Key& key, const Value& value, Draft& into);
void read_egress(Reader& reader, const Key& key, const Value& value, Draft& into);

/// Keys of [[connection]] that need more than a few lines.
void read_psk(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_keys(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_key(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
/// A name is resolved to the family of `local_address`, or else to IPv4.
void settle_family(Connection& connection);
void read_peer(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_local_address(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_local_subnets(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_remote_subnets(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_nat(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_rules(Reader& reader, const Key& key, const Value& value, std::vector<MappingRule>& into,
                std::vector<RuleSpans>& spans);
void read_transit(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
void read_through(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);
/// Once all files are read: a connection through another's tunnel speaks from the inner address of that one, unless it says
/// from which.
void settle_through(Draft& draft);
void read_tunnel_address(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into);

/// A network of the file; says what is wrong with it where there is none. No host bits, nothing that is not unicast.
[[nodiscard]] std::optional<IpPrefix> read_network(Reader& reader, const Key& key, const Written& text);

/// Once all of the connection is read: what `nat` maps counts among its networks, the peer's by what we call them.
void apply_nat(ConnectionDraft& draft);
/// Likewise what its rules show the peer in place of our addresses, and where they let it reach our hosts.
void apply_rules(ConnectionDraft& draft);

[[nodiscard]] KeyTable gateway_keys();
[[nodiscard]] KeyTable ike_keys();
[[nodiscard]] KeyTable ha_keys();
[[nodiscard]] KeyTable secret_keys();
[[nodiscard]] KeyTable connection_keys();
[[nodiscard]] KeyTable psk_keys();
[[nodiscard]] KeyTable key_keys();
[[nodiscard]] KeyTable keys_keys();
[[nodiscard]] KeyTable backup_keys();
[[nodiscard]] KeyTable probe_keys();
[[nodiscard]] KeyTable nat_keys();
[[nodiscard]] KeyTable egress_keys();
[[nodiscard]] KeyTable rule_keys();

/// A network interface's name as the kernel takes it: 1 to 15 bytes, no '/', no white space, not "." or "..".
[[nodiscard]] std::optional<LinkName> link_name(Reader& reader, const Key& key, const Written& text);

} // namespace linkspan::config
