#include "nft/nat_codec.h"

#include "nft/nat_expressions.h"
#include "nft/nat_wire.h"

#include <linux/netfilter.h>

#include <net/if.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace linkspan::nft {
namespace {

/// Tells nft's userland how to show a key: tag, length and value of NFTNL_UDATA_SET_KEYBYTEORDER.
struct [[gnu::packed]] Order {
    std::uint8_t tag = 0;
    std::uint8_t length = 4;
    std::uint32_t value = 1; // BYTEORDER_HOST_ENDIAN
};
constexpr Order host_order{};

void put_batch_mark(netlink::Message& message, std::uint16_t type)
{
    message.reset(type, 0);
    auto& body = message.body<nfgenmsg>();
    body.version = NFNETLINK_V0;
    body.res_id = htons(NFNL_SUBSYS_NFTABLES);
}

void start_map(netlink::Message& message, const std::string& name, std::uint32_t transaction_id, std::uint32_t flags)
{
    start(message, NFT_MSG_NEWSET, NLM_F_CREATE);
    message.text(NFTA_SET_TABLE, nat_table).text(NFTA_SET_NAME, name);
    put_number(message, NFTA_SET_ID, transaction_id);
    put_number(message, NFTA_SET_FLAGS, flags);
}

void put_value(netlink::Message& message, std::uint16_t attribute, std::span<const std::byte> value)
{
    message.nest(attribute, [&](netlink::Message& m) { m.bytes(NFTA_DATA_VALUE, value); });
}

using KeyBytes = std::array<std::byte, IFNAMSIZ + 16>;

/// As the rules put it into registers: the reqid in host order, or the link's name and zeros. Answers its length.
std::size_t fill(Entrance entrance, const MouthKey& key, KeyBytes& bytes)
{
    if (entrance != Entrance::Link) {
        std::memcpy(bytes.data(), &key.reqid.value, sizeof key.reqid.value);
        return sizeof key.reqid.value;
    }
    std::memcpy(bytes.data(), key.link.value.data(), std::min<std::size_t>(key.link.value.size(), IFNAMSIZ - 1));
    return IFNAMSIZ;
}

/// And the address behind it, as on the wire.
std::span<const std::byte> key_of(const Element& element, KeyBytes& bytes)
{
    const auto length = fill(element.map.entrance, element.key, bytes);
    std::memcpy(bytes.data() + length, element.from.bytes.data(), bytes_of(element.map.family));
    return std::span{bytes}.first(length + bytes_of(element.map.family));
}

/// What nft's userland takes the first part of a key for, and its length.
void put_key(netlink::Message& message, Entrance entrance, std::uint32_t more_type, std::uint32_t more_bytes)
{
    const auto first = entrance == Entrance::Link ? type_ifname : type_mark;
    put_number(message, NFTA_SET_KEY_TYPE, more_type == 0 ? first : first << type_bits | more_type);
    put_number(message, NFTA_SET_KEY_LEN, (entrance == Entrance::Link ? IFNAMSIZ : 4) + more_bytes);
}

void put_element(netlink::Message& message, const Element& element)
{
    KeyBytes key{};
    message.nest(NFTA_LIST_ELEM, [&](netlink::Message& m) {
        put_value(m, NFTA_SET_ELEM_KEY, key_of(element, key));
        put_value(m, NFTA_SET_ELEM_DATA, std::as_bytes(element.to.octets()));
    });
}

} // namespace

void encode_begin(netlink::Message& message)
{
    put_batch_mark(message, NFNL_MSG_BATCH_BEGIN);
}

void encode_end(netlink::Message& message)
{
    put_batch_mark(message, NFNL_MSG_BATCH_END);
}

void encode_create_table(netlink::Message& message)
{
    start(message, NFT_MSG_NEWTABLE, NLM_F_CREATE);
    message.text(NFTA_TABLE_NAME, nat_table);
}

void encode_delete_table(netlink::Message& message)
{
    start(message, NFT_MSG_DELTABLE, 0);
    message.text(NFTA_TABLE_NAME, nat_table);
}

void encode_chain(const Chain& chain, netlink::Message& message)
{
    start(message, NFT_MSG_NEWCHAIN, NLM_F_CREATE);
    message.text(NFTA_CHAIN_TABLE, nat_table).text(NFTA_CHAIN_NAME, chain.name);
    if (!chain.hook) return;
    const bool in = *chain.hook;
    message.nest(NFTA_CHAIN_HOOK, [&](netlink::Message& m) {
        put_number(m, NFTA_HOOK_HOOKNUM, in ? NF_INET_PRE_ROUTING : NF_INET_POST_ROUTING);
        put_number(m, NFTA_HOOK_PRIORITY, static_cast<std::uint32_t>(in ? mouth_in_priority : mouth_out_priority));
    });
    put_number(message, NFTA_CHAIN_POLICY, NF_ACCEPT);
    message.text(NFTA_CHAIN_TYPE, "filter");
}

void encode_map(const MapId& map, std::uint32_t transaction_id, netlink::Message& message)
{
    const auto type = map.family == Family::V4 ? type_ipv4 : type_ipv6;
    start_map(message, name_of(map), transaction_id, NFT_SET_MAP);
    put_key(message, map.entrance, type, bytes_of(map.family));
    put_number(message, NFTA_SET_DATA_TYPE, type);
    put_number(message, NFTA_SET_DATA_LEN, bytes_of(map.family));
}

void encode_counter_map(Entrance entrance, std::uint32_t transaction_id, netlink::Message& message)
{
    start_map(message, counter_map(entrance), transaction_id, NFT_SET_OBJECT);
    put_key(message, entrance, 0, 0);
    put_number(message, NFTA_SET_OBJ_TYPE, NFT_OBJECT_COUNTER);
    message.pod(NFTA_SET_USERDATA, host_order);
}

void encode_rule(const NatRule& rule, netlink::Message& message)
{
    start(message, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
    message.text(NFTA_RULE_TABLE, nat_table).text(NFTA_RULE_CHAIN, rule.chain);
    message.nest(NFTA_RULE_EXPRESSIONS, [&](netlink::Message& m) { put_expressions(rule.what, m); });
    std::vector<std::byte> data{std::byte{comment_tag}, static_cast<std::byte>(rule.comment.size() + 1)};
    const auto text = std::as_bytes(std::span{rule.comment.c_str(), rule.comment.size() + 1});
    data.insert(data.end(), text.begin(), text.end());
    message.bytes(NFTA_RULE_USERDATA, data);
}

void encode_counter(const std::string& name, bool create, netlink::Message& message)
{
    start(message, create ? NFT_MSG_NEWOBJ : NFT_MSG_DELOBJ, create ? NLM_F_CREATE : 0);
    message.text(NFTA_OBJ_TABLE, nat_table).text(NFTA_OBJ_NAME, name);
    put_number(message, NFTA_OBJ_TYPE, NFT_OBJECT_COUNTER);
    if (create) message.nest(NFTA_OBJ_DATA, [](netlink::Message&) {});
}

void encode_counted(const Counters::value_type& entry, bool create, netlink::Message& message)
{
    const auto& [key, object] = entry;
    start(message, create ? NFT_MSG_NEWSETELEM : NFT_MSG_DELSETELEM, create ? NLM_F_CREATE : 0);
    message.text(NFTA_SET_ELEM_LIST_TABLE, nat_table).text(NFTA_SET_ELEM_LIST_SET, counter_map(key.first));
    message.nest(NFTA_SET_ELEM_LIST_ELEMENTS, [&](netlink::Message& list) {
        list.nest(NFTA_LIST_ELEM, [&](netlink::Message& m) {
            KeyBytes bytes{};
            const auto length = fill(key.first, key.second, bytes);
            put_value(m, NFTA_SET_ELEM_KEY, std::span{bytes}.first(length));
            if (create) m.text(NFTA_SET_ELEM_OBJREF, object);
        });
    });
}

void encode_elements(std::span<const Element> elements, bool create, netlink::Message& message)
{
    start(message, create ? NFT_MSG_NEWSETELEM : NFT_MSG_DELSETELEM, create ? NLM_F_CREATE : 0);
    message.text(NFTA_SET_ELEM_LIST_TABLE, nat_table);
    message.text(NFTA_SET_ELEM_LIST_SET, name_of(elements.front().map));
    message.nest(NFTA_SET_ELEM_LIST_ELEMENTS, [&](netlink::Message& m) {
        for (const auto& element : elements) put_element(m, element);
    });
}

} // namespace linkspan::nft
