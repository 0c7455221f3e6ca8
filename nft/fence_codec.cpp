#include "nft/fence_codec.h"

#include "netlink/attributes.h"
#include "nft/nat_wire.h"

#include <endian.h>
#include <linux/netfilter.h>

#include <algorithm>
#include <span>

namespace linkspan::nft {
namespace {

void start_elements(const FenceSet& set, nf_tables_msg_types type, std::uint16_t flags, netlink::Message& message)
{
    message.reset(nft_type(type), flags);
    auto& body = message.body<nfgenmsg>();
    body.nfgen_family = set.table_family;
    body.version = NFNETLINK_V0;
    message.text(NFTA_SET_ELEM_LIST_TABLE, fence_table).text(NFTA_SET_ELEM_LIST_SET, set.name);
}

void put_element(std::span<const std::byte> what, std::chrono::milliseconds time, netlink::Message& list)
{
    list.nest(NFTA_LIST_ELEM, [&](netlink::Message& element) {
        element.nest(NFTA_SET_ELEM_KEY, [&](netlink::Message& key) { key.bytes(NFTA_DATA_VALUE, what); });
        if (time.count() > 0) element.pod(NFTA_SET_ELEM_TIMEOUT, htobe64(static_cast<std::uint64_t>(time.count())));
    });
}

void put_elements(const FenceSet& set, const std::set<IpAddress>& addresses, std::chrono::milliseconds time,
                  netlink::Message& message)
{
    message.nest(NFTA_SET_ELEM_LIST_ELEMENTS, [&](netlink::Message& list) {
        for (const auto& address : addresses)
            if (address.family == set.family) put_element(std::as_bytes(address.octets()), time, list);
        const auto port = htobe16(plugin_port);
        if (!set.family && concerns(set, addresses)) put_element(std::as_bytes(std::span{&port, 1}), time, list);
    });
}

} // namespace

const std::array<FenceSet, 4>& fence_sets()
{
    static constexpr std::array<FenceSet, 4> sets{{{NFPROTO_INET, Family::V4, "lifted4"},
                                                   {NFPROTO_INET, Family::V6, "lifted6"},
                                                   {NFPROTO_INET, {}, "tells"},
                                                   {NFPROTO_ARP, Family::V4, "lifted"}}};
    return sets;
}

bool concerns(const FenceSet& set, const std::set<IpAddress>& addresses)
{
    return std::ranges::any_of(addresses,
                               [&](const auto& address) { return !set.family || address.family == *set.family; });
}

void encode_lift(const FenceSet& set, const std::set<IpAddress>& addresses, std::chrono::milliseconds time,
                 netlink::Message& message)
{
    start_elements(set, NFT_MSG_NEWSETELEM, NLM_F_CREATE, message);
    put_elements(set, addresses, time, message);
}

void encode_lower(const FenceSet& set, const std::set<IpAddress>& addresses, netlink::Message& message)
{
    start_elements(set, NFT_MSG_DELSETELEM, 0, message);
    put_elements(set, addresses, {}, message);
}

void encode_elements_of(const FenceSet& set, netlink::Message& message)
{
    start_elements(set, NFT_MSG_GETSETELEM, 0, message);
}

bool has_elements(const nlmsghdr& message)
{
    if (message.nlmsg_type != nft_type(NFT_MSG_NEWSETELEM)) return false;
    for (const auto attribute : netlink::attributes_of(message, sizeof(nfgenmsg)))
        if (attribute.type == NFTA_SET_ELEM_LIST_ELEMENTS)
            for ([[maybe_unused]] const auto element : attribute.nested()) return true;
    return false;
}

void encode_rules_of(std::uint8_t table_family, netlink::Message& message)
{
    message.reset(nft_type(NFT_MSG_GETRULE), 0);
    auto& body = message.body<nfgenmsg>();
    body.nfgen_family = table_family;
    body.version = NFNETLINK_V0;
    message.text(NFTA_RULE_TABLE, fence_table);
}

std::optional<FenceRule> decode_fence_rule(const nlmsghdr& message)
{
    const auto body = netlink::body_of<nfgenmsg>(message);
    if (message.nlmsg_type != nft_type(NFT_MSG_NEWRULE) || !body) return {};
    FenceRule rule{.table_family = body->nfgen_family};
    bool is_ours = false;
    for (const auto attribute : netlink::attributes_of(message, sizeof(nfgenmsg))) {
        if (attribute.type == NFTA_RULE_TABLE) is_ours = attribute.text() == fence_table;
        if (attribute.type == NFTA_RULE_HANDLE) rule.handle = be64toh(attribute.get<std::uint64_t>().value_or(0));
    }
    return is_ours && rule.handle != 0 ? std::optional{rule} : std::nullopt;
}

} // namespace linkspan::nft
