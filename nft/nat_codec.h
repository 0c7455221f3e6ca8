#pragma once

#include "netlink/message.h"
#include "nft/nat_layout.h"

#include <span>
#include <string>

namespace linkspan::nft {

/// Messages of one nf_tables transaction about the table `inet linkspan_nat`. By raw netlink, for nft's language has no
/// words for what the rules do: an expression `ipsec` as the key of a map, a map that writes a part of an address, and the
/// checksum of a header inside an ICMP error. `nft list ruleset` shows the table all the same.

void encode_begin(netlink::Message& message);
void encode_end(netlink::Message& message);
void encode_create_table(netlink::Message& message); ///< or nothing, where there is one
void encode_delete_table(netlink::Message& message);
void encode_chain(const Chain& chain, netlink::Message& message);
void encode_map(const MapId& map, std::uint32_t transaction_id, netlink::Message& message);
void encode_counter_map(Entrance entrance, std::uint32_t transaction_id, netlink::Message& message);
void encode_rule(const NatRule& rule, netlink::Message& message);
void encode_counter(const std::string& name, bool create, netlink::Message& message);
/// Which counter counts a CHILD_SA.
void encode_counted(const Counters::value_type& entry, bool create, netlink::Message& message);

/// Elements of one map that fit one message.
inline constexpr std::size_t elements_per_message = 40;
void encode_elements(std::span<const Element> elements, bool create, netlink::Message& message);

} // namespace linkspan::nft
