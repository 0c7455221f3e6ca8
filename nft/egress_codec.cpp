#include "nft/egress_codec.h"

#include "nft/egress_table.h"
#include "nft/wire.h"

#include <endian.h>

#include <algorithm>
#include <linux/netfilter.h>

namespace linkspan::nft {
namespace {

using netlink::Attribute;
using netlink::Message;

void start_elements(const std::string& set, PinVerb verb, Message& message)
{
    const bool create = verb != PinVerb::Delete;
    start(message, create ? NFT_MSG_NEWSETELEM : NFT_MSG_DELSETELEM,
          create ? NLM_F_CREATE | (verb == PinVerb::AddFresh ? NLM_F_EXCL : 0) : 0);
    message.text(NFTA_SET_ELEM_LIST_TABLE, egress_table).text(NFTA_SET_ELEM_LIST_SET, set);
}

void put_key(Message& message, std::span<const std::byte> key)
{
    message.nest(NFTA_SET_ELEM_KEY, [&](Message& data) { data.bytes(NFTA_DATA_VALUE, key); });
}

void put_edge(Message& message, const IpAddress& address, bool end)
{
    message.nest(NFTA_LIST_ELEM, [&](Message& element) {
        put_key(element, std::as_bytes(address.octets()));
        if (end) put_number(element, NFTA_SET_ELEM_FLAGS, NFT_SET_ELEM_INTERVAL_END);
    });
}

void put_pin(Message& message, const PinElement& pin, PinVerb verb)
{
    std::array<std::byte, 32> key{};
    const auto size = bytes_of(pin.client.family);
    std::ranges::copy(std::as_bytes(pin.client.octets()), key.begin());
    std::ranges::copy(std::as_bytes(pin.address.octets()), key.begin() + size);
    message.nest(NFTA_LIST_ELEM, [&](Message& element) {
        put_key(element, std::span{key}.first(2 * std::size_t{size}));
        if (verb != PinVerb::Delete)
            element.pod(NFTA_SET_ELEM_TIMEOUT, htobe64(static_cast<std::uint64_t>(pin.timeout.count())));
    });
}

std::uint32_t number_in(const Attribute& attribute)
{
    return ntohl(attribute.get<std::uint32_t>().value_or(0));
}

std::string comment_in(std::span<const std::byte> data)
{
    if (data.size() < 3 || data[0] != std::byte{comment_tag}) return {};
    const auto length = std::to_integer<std::size_t>(data[1]);
    if (length == 0 || data.size() < 2 + length) return {};
    return {reinterpret_cast<const char*>(data.data()) + 2, length - 1};
}

SeenEdge edge_of(const Attribute& element, Family family)
{
    SeenEdge edge{IpAddress::any(family), false};
    for (const auto part : element.nested()) {
        if (part.type == NFTA_SET_ELEM_FLAGS) edge.end = (number_in(part) & NFT_SET_ELEM_INTERVAL_END) != 0;
        if (part.type != NFTA_SET_ELEM_KEY) continue;
        for (const auto value : part.nested())
            if (value.type == NFTA_DATA_VALUE)
                for (std::size_t i = 0; i < std::min<std::size_t>(value.payload.size(), bytes_of(family)); ++i)
                    edge.address.bytes[i] = std::to_integer<std::uint8_t>(value.payload[i]);
    }
    return edge;
}

} // namespace

/// An interval is its first address and, marked as an end, the one behind its last; one that goes on to the end of all
/// addresses has no end.
void encode_ranges(const std::string& set, std::span<const Range> ranges, bool create, Message& message)
{
    start_elements(set, create ? PinVerb::Add : PinVerb::Delete, message);
    message.nest(NFTA_SET_ELEM_LIST_ELEMENTS, [&](Message& list) {
        for (const auto& range : ranges) {
            put_edge(list, range.first, false);
            if (auto behind = range.last; increment(behind)) put_edge(list, behind, true);
        }
    });
}

void encode_pins(std::span<const PinElement> pins, PinVerb verb, Message& message)
{
    start_elements(pins.front().set, verb, message);
    message.nest(NFTA_SET_ELEM_LIST_ELEMENTS, [&](Message& list) {
        for (const auto& pin : pins) put_pin(list, pin, verb);
    });
}

void decode_edges(const nlmsghdr& message, Family family, std::vector<SeenEdge>& into)
{
    visit_attributes(message, NFT_MSG_NEWSETELEM, [&](const Attribute& list) {
        if (list.type != NFTA_SET_ELEM_LIST_ELEMENTS) return;
        for (const auto element : list.nested()) into.push_back(edge_of(element, family));
    });
}

Ranges ranges_between(std::vector<SeenEdge> edges, Family family)
{
    // At one address an interval's end stands before the next one's beginning.
    std::ranges::sort(edges, [](const SeenEdge& a, const SeenEdge& b) {
        return std::pair{a.address, !a.end} < std::pair{b.address, !b.end};
    });
    auto highest = IpAddress::any(family);
    std::fill_n(highest.bytes.begin(), bytes_of(family), std::uint8_t{0xff});
    Ranges ranges;
    for (const auto& edge : edges) {
        if (!edge.end) {
            ranges.push_back({edge.address, highest});
            continue;
        }
        if (ranges.empty() || ranges.back().last != highest) continue;
        auto last = edge.address;
        for (std::size_t i = bytes_of(family); i-- > 0;)
            if (last.bytes[i]-- != 0) break;
        ranges.back().last = last;
    }
    return ranges;
}

std::optional<SeenChain> decode_egress_chain(const nlmsghdr& message)
{
    std::string table;
    SeenChain chain;
    Hook hook{.type = "filter"};
    bool is_base = false;
    visit_attributes(message, NFT_MSG_NEWCHAIN, [&](const Attribute& attribute) {
        if (attribute.type == NFTA_CHAIN_TABLE) table = attribute.text();
        if (attribute.type == NFTA_CHAIN_NAME) chain.name = attribute.text();
        if (attribute.type == NFTA_CHAIN_TYPE) hook.type = attribute.text();
        if (attribute.type == NFTA_CHAIN_POLICY) hook.accepts = number_in(attribute) == NF_ACCEPT;
        if (attribute.type != NFTA_CHAIN_HOOK) return;
        is_base = true;
        for (const auto part : attribute.nested()) {
            if (part.type == NFTA_HOOK_HOOKNUM) hook.number = number_in(part);
            if (part.type == NFTA_HOOK_PRIORITY) hook.priority = static_cast<int>(number_in(part));
        }
    });
    if (table != egress_table) return std::nullopt;
    chain.line = egress_chain_line(chain.name, is_base ? &hook : nullptr);
    return chain;
}

std::optional<std::string> decode_egress_set(const nlmsghdr& message)
{
    std::string table, name;
    std::uint32_t flags = 0;
    visit_attributes(message, NFT_MSG_NEWSET, [&](const Attribute& attribute) {
        if (attribute.type == NFTA_SET_TABLE) table = attribute.text();
        if (attribute.type == NFTA_SET_NAME) name = attribute.text();
        if (attribute.type == NFTA_SET_FLAGS) flags = number_in(attribute);
    });
    if (table != egress_table || (flags & NFT_SET_ANONYMOUS) != 0) return std::nullopt;
    return name;
}

std::optional<std::pair<std::string, std::string>> decode_egress_rule(const nlmsghdr& message)
{
    std::string table;
    std::pair<std::string, std::string> rule;
    visit_attributes(message, NFT_MSG_NEWRULE, [&](const Attribute& attribute) {
        if (attribute.type == NFTA_RULE_TABLE) table = attribute.text();
        if (attribute.type == NFTA_RULE_CHAIN) rule.first = attribute.text();
        if (attribute.type == NFTA_RULE_USERDATA) rule.second = comment_in(attribute.payload);
    });
    return table == egress_table ? std::optional{rule} : std::nullopt;
}

void encode_answers_question(Message& message)
{
    start(message, NFT_MSG_GETOBJ, 0);
    message.text(NFTA_OBJ_TABLE, egress_table).text(NFTA_OBJ_NAME, egress_answers_counter);
    put_number(message, NFTA_OBJ_TYPE, NFT_OBJECT_COUNTER);
}

std::optional<std::uint64_t> decode_answers(const nlmsghdr& message)
{
    std::optional<std::uint64_t> packets;
    visit_attributes(message, NFT_MSG_NEWOBJ, [&](const Attribute& attribute) {
        if (attribute.type != NFTA_OBJ_DATA) return;
        for (const auto part : attribute.nested())
            if (part.type == NFTA_COUNTER_PACKETS) packets = be64toh(part.get<std::uint64_t>().value_or(0));
    });
    return packets;
}

bool is_egress_table(const nlmsghdr& message)
{
    std::string name;
    visit_attributes(message, NFT_MSG_NEWTABLE, [&](const Attribute& attribute) {
        if (attribute.type == NFTA_TABLE_NAME) name = attribute.text();
    });
    return name == egress_table;
}

} // namespace linkspan::nft
