#pragma once

#include "base/ip.h"
#include "netlink/message.h"

#include <arpa/inet.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include <cstdint>
#include <string_view>

namespace linkspan::nft {

/// What codec and decoder of the table `inet linkspan_nat` share.
inline constexpr std::string_view nat_table = "linkspan_nat";
inline constexpr std::string_view rules_table = "linkspan_rules"; ///< its counters are read beside
inline constexpr std::uint8_t family_inet = 1;                    ///< NFPROTO_INET

/// Types as nft's userland numbers them, so that `nft list ruleset` shows values as people write them.
inline constexpr std::uint32_t type_ipv4 = 7, type_ipv6 = 8, type_mark = 19, type_ifname = 41;
inline constexpr std::uint32_t type_bits = 6; ///< of each in a concatenation

inline constexpr std::uint8_t comment_tag = 0; ///< NFTNL_UDATA_RULE_COMMENT

[[nodiscard]] constexpr std::uint16_t nft_type(nf_tables_msg_types type)
{
    return static_cast<std::uint16_t>(NFNL_SUBSYS_NFTABLES << 8 | type);
}

inline void start(netlink::Message& message, nf_tables_msg_types type, std::uint16_t flags)
{
    message.reset(nft_type(type), flags);
    auto& body = message.body<nfgenmsg>();
    body.nfgen_family = family_inet;
    body.version = NFNETLINK_V0;
}

/// All integers of nf_tables are big-endian.
inline void put_number(netlink::Message& message, std::uint16_t attribute, std::uint32_t value)
{
    message.pod(attribute, htonl(value));
}

[[nodiscard]] constexpr std::uint32_t bytes_of(Family family)
{
    return family == Family::V4 ? 4 : 16;
}

} // namespace linkspan::nft
