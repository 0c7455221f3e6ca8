#include "nft/generation.h"

#include "netlink/attributes.h"

#include <arpa/inet.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

namespace linkspan::nft {
namespace {

constexpr std::uint16_t type_of(nf_tables_msg_types type)
{
    return static_cast<std::uint16_t>(NFNL_SUBSYS_NFTABLES << 8 | type);
}

} // namespace

void encode_get_generation(netlink::Message& message)
{
    message.reset(type_of(NFT_MSG_GETGEN), 0);
    message.body<nfgenmsg>().version = NFNETLINK_V0;
}

std::optional<std::uint32_t> decode_generation(const nlmsghdr& message)
{
    if (message.nlmsg_type != type_of(NFT_MSG_NEWGEN)) return std::nullopt;
    for (const auto attribute : netlink::attributes_of(message, sizeof(nfgenmsg))) {
        if (attribute.type != NFTA_GEN_ID) continue;
        const auto id = attribute.get<std::uint32_t>(); // big-endian, as all integers of nf_tables
        return id ? std::optional{ntohl(*id)} : std::nullopt;
    }
    return std::nullopt;
}

} // namespace linkspan::nft
