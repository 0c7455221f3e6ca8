#include "nft/nat_decode.h"

#include "nft/nat_layout.h"
#include "nft/nat_wire.h"

#include <linux/netfilter.h>

#include <endian.h>
#include <net/if.h>

namespace linkspan::nft {
namespace {

using netlink::Attribute;

template <typename Visit>
void for_each(const nlmsghdr& message, nf_tables_msg_types type, Visit visit)
{
    if (message.nlmsg_type != nft_type(type)) return;
    const auto body = netlink::body_of<nfgenmsg>(message);
    if (!body || body->nfgen_family != family_inet) return;
    for (const Attribute attribute : netlink::attributes_of(message, sizeof(nfgenmsg))) visit(attribute);
}

std::uint32_t number_of(const Attribute& attribute)
{
    return ntohl(attribute.get<std::uint32_t>().value_or(0));
}

std::span<const std::byte> value_of(const Attribute& data)
{
    for (const auto part : data.nested())
        if (part.type == NFTA_DATA_VALUE) return part.payload;
    return {};
}

IpAddress address_of(std::span<const std::byte> bytes, Family family)
{
    auto address = IpAddress::any(family);
    for (std::size_t i = 0; i < bytes.size() && i < bytes_of(family); ++i)
        address.bytes[i] = std::to_integer<std::uint8_t>(bytes[i]);
    return address;
}

/// What tells the CHILD_SA, and how many bytes of the key that is; none where the key is too short.
std::pair<MouthKey, std::size_t> teller_of(Entrance entrance, std::span<const std::byte> key)
{
    if (entrance == Entrance::Link) {
        if (key.size() < IFNAMSIZ) return {};
        return {MouthKey{{}, {std::string{Attribute{0, key.first(IFNAMSIZ)}.text()}}}, IFNAMSIZ};
    }
    const auto value = Attribute{0, key}.get<std::uint32_t>();
    return value ? std::pair{MouthKey{{*value}, {}}, sizeof *value} : std::pair<MouthKey, std::size_t>{};
}

/// The number and text of a rule's or set's user data, as nft writes it: tag, length, bytes.
std::string comment_of(std::span<const std::byte> data)
{
    if (data.size() < 3 || data[0] != std::byte{comment_tag}) return {};
    const auto length = std::to_integer<std::size_t>(data[1]);
    if (length == 0 || data.size() < 2 + length) return {};
    return {reinterpret_cast<const char*>(data.data()) + 2, length - 1};
}

template <typename Visit>
void for_each_element(const nlmsghdr& message, Visit visit)
{
    for_each(message, NFT_MSG_NEWSETELEM, [&](const Attribute& list) {
        if (list.type != NFTA_SET_ELEM_LIST_ELEMENTS) return;
        for (const auto element : list.nested()) visit(element);
    });
}

} // namespace

std::optional<SeenTable> decode_nat_table(const nlmsghdr& message)
{
    std::string name;
    SeenTable table;
    for_each(message, NFT_MSG_NEWTABLE, [&](const Attribute& attribute) {
        if (attribute.type == NFTA_TABLE_NAME) name = attribute.text();
        if (attribute.type == NFTA_TABLE_FLAGS) table.altered = number_of(attribute) != 0;
    });
    return name == nat_table ? std::optional{table} : std::nullopt;
}

std::optional<std::string> decode_chain_line(const nlmsghdr& message)
{
    std::string table, name, type = "filter";
    std::optional<unsigned> hook;
    int priority = 0;
    bool accepts = true;
    for_each(message, NFT_MSG_NEWCHAIN, [&](const Attribute& attribute) {
        if (attribute.type == NFTA_CHAIN_TABLE) table = attribute.text();
        if (attribute.type == NFTA_CHAIN_NAME) name = attribute.text();
        if (attribute.type == NFTA_CHAIN_TYPE) type = attribute.text();
        if (attribute.type == NFTA_CHAIN_POLICY) accepts = number_of(attribute) == NF_ACCEPT;
        if (attribute.type != NFTA_CHAIN_HOOK) return;
        for (const auto part : attribute.nested()) {
            if (part.type == NFTA_HOOK_HOOKNUM) hook = number_of(part);
            if (part.type == NFTA_HOOK_PRIORITY) priority = static_cast<int>(number_of(part));
        }
    });
    if (table != nat_table) return std::nullopt;
    return chain_line(name, hook, priority, accepts && type == "filter");
}

std::optional<std::string> decode_map_name(const nlmsghdr& message)
{
    std::string table, name;
    for_each(message, NFT_MSG_NEWSET, [&](const Attribute& attribute) {
        if (attribute.type == NFTA_SET_TABLE) table = attribute.text();
        if (attribute.type == NFTA_SET_NAME) name = attribute.text();
    });
    return table == nat_table ? std::optional{name} : std::nullopt;
}

std::optional<SeenRule> decode_rule(const nlmsghdr& message)
{
    std::string table;
    SeenRule rule;
    for_each(message, NFT_MSG_NEWRULE, [&](const Attribute& attribute) {
        if (attribute.type == NFTA_RULE_TABLE) table = attribute.text();
        if (attribute.type == NFTA_RULE_CHAIN) rule.chain = attribute.text();
        if (attribute.type == NFTA_RULE_USERDATA) rule.comment = comment_of(attribute.payload);
    });
    return table == nat_table ? std::optional{rule} : std::nullopt;
}

std::optional<MapId> map_of_name(std::string_view name)
{
    static const auto all = [] {
        std::map<std::string, MapId, std::less<>> names;
        for (const auto family : {Family::V4, Family::V6})
            for (const auto entrance : {Entrance::Sa, Entrance::Link, Entrance::Out})
                for (const auto end : {End::Source, End::Destination})
                    for (unsigned bits = 8; bits <= address_bits(family); bits += 8) {
                        const MapId map{family, entrance, end, static_cast<std::uint8_t>(bits)};
                        names.emplace(name_of(map), map);
                    }
        return names;
    }();
    const auto found = all.find(name);
    return found == all.end() ? std::nullopt : std::optional{found->second};
}

void decode_elements(const nlmsghdr& message, const MapId& map, Elements& into)
{
    for_each_element(message, [&](const Attribute& element) {
        std::span<const std::byte> key, data;
        for (const auto part : element.nested()) {
            if (part.type == NFTA_SET_ELEM_KEY) key = value_of(part);
            if (part.type == NFTA_SET_ELEM_DATA) data = value_of(part);
        }
        auto [teller, length] = teller_of(map.entrance, key);
        if (length == 0) return;
        into.push_back(
            {map, std::move(teller), address_of(key.subspan(length), map.family), address_of(data, map.family)});
    });
}

void decode_counted(const nlmsghdr& message, Entrance entrance, Counters& into)
{
    for_each_element(message, [&](const Attribute& element) {
        std::pair<MouthKey, std::size_t> teller;
        std::string object;
        for (const auto part : element.nested()) {
            if (part.type == NFTA_SET_ELEM_KEY) teller = teller_of(entrance, value_of(part));
            if (part.type == NFTA_SET_ELEM_OBJREF) object = part.text();
        }
        if (teller.second != 0) into[{entrance, teller.first}] = object;
    });
}

std::optional<SeenCounter> decode_counter(const nlmsghdr& message)
{
    std::string table;
    std::uint32_t type = 0;
    SeenCounter counter;
    const auto wide = [](const Attribute& attribute) { return be64toh(attribute.get<std::uint64_t>().value_or(0)); };
    for_each(message, NFT_MSG_NEWOBJ, [&](const Attribute& attribute) {
        if (attribute.type == NFTA_OBJ_TABLE) table = attribute.text();
        if (attribute.type == NFTA_OBJ_NAME) counter.name = attribute.text();
        if (attribute.type == NFTA_OBJ_TYPE) type = number_of(attribute);
        if (attribute.type != NFTA_OBJ_DATA) return;
        for (const auto part : attribute.nested()) {
            if (part.type == NFTA_COUNTER_PACKETS) counter.packets = wide(part);
            if (part.type == NFTA_COUNTER_BYTES) counter.bytes = wide(part);
        }
    });
    counter.of_rules = table == rules_table;
    const bool is_ours = table == nat_table || counter.of_rules;
    return is_ours && type == NFT_OBJECT_COUNTER ? std::optional{counter} : std::nullopt;
}

} // namespace linkspan::nft
