#include "nft/nat_codec.h"

#include "nft/nat_expressions.h"
#include "nft/nat_wire.h"

#include <linux/netfilter.h>

#include <cstring>

namespace linkspan::nft {
namespace {

/// Tells nft's userland how to show a number that is the whole key: tag, length and value of NFTNL_UDATA_SET_KEYBYTEORDER.
struct [[gnu::packed]] KeyOrder {
    std::uint8_t tag = 0;
    std::uint8_t length = 4;
    std::uint32_t value = 1; // BYTEORDER_HOST_ENDIAN
};
constexpr KeyOrder host_order_key{};

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

/// Number and address as the rules put them into registers: the reqid in host order, the address as on the wire.
std::span<const std::byte> key_of(const Element& element, std::array<std::byte, 20>& key)
{
    std::memcpy(key.data(), &element.reqid.value, sizeof element.reqid.value);
    std::memcpy(key.data() + 4, element.from.bytes.data(), element.from.bytes.size());
    return std::span{key}.first(4 + bytes_of(element.map.family));
}

void put_element(netlink::Message& message, const Element& element)
{
    std::array<std::byte, 20> key{};
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
    const bool in = *chain.hook == Way::In;
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
    put_number(message, NFTA_SET_KEY_TYPE, type_mark << type_bits | type);
    put_number(message, NFTA_SET_KEY_LEN, 4 + bytes_of(map.family));
    put_number(message, NFTA_SET_DATA_TYPE, type);
    put_number(message, NFTA_SET_DATA_LEN, bytes_of(map.family));
}

void encode_counter_map(Way way, std::uint32_t transaction_id, netlink::Message& message)
{
    start_map(message, counter_map(way), transaction_id, NFT_SET_OBJECT);
    put_number(message, NFTA_SET_KEY_TYPE, type_mark);
    put_number(message, NFTA_SET_KEY_LEN, 4);
    put_number(message, NFTA_SET_OBJ_TYPE, NFT_OBJECT_COUNTER);
    message.pod(NFTA_SET_USERDATA, host_order_key);
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
            put_value(m, NFTA_SET_ELEM_KEY, std::as_bytes(std::span{&key.second.value, 1}));
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
