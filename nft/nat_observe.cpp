#include "nft/nat_observe.h"

#include "nft/nat_layout.h"
#include "nft/nat_wire.h"

#include <algorithm>
#include <functional>

namespace linkspan::nft {
namespace {

constexpr std::string_view what = "read table inet linkspan_nat";

/// Dumps what `type` asks for, of our table; `name_attribute` and `name` narrow it to one object.
Result<> dump(netlink::Socket& socket, nf_tables_msg_types type, std::uint16_t table_attribute,
              const netlink::Visitor& visit, std::uint16_t name_attribute = 0, std::string_view name = {})
{
    netlink::Message question;
    start(question, type, 0);
    if (table_attribute != 0) question.text(table_attribute, nat_table);
    if (name_attribute != 0) question.text(name_attribute, name);
    return socket.dump(question, what, visit);
}

Result<> read_shape(netlink::Socket& socket, NatTable& table, std::vector<std::string>& maps)
{
    std::vector<std::string> lines;
    std::vector<SeenRule> rules;
    TRY(dump(socket, NFT_MSG_GETCHAIN, 0, [&](const nlmsghdr& message) {
        if (auto line = decode_chain_line(message)) lines.push_back(std::move(*line));
    }));
    TRY(dump(socket, NFT_MSG_GETSET, NFTA_SET_TABLE, [&](const nlmsghdr& message) {
        if (auto name = decode_map_name(message)) maps.push_back(std::move(*name));
    }));
    TRY(dump(socket, NFT_MSG_GETRULE, NFTA_RULE_TABLE, [&](const nlmsghdr& message) {
        if (auto rule = decode_rule(message)) rules.push_back(std::move(*rule));
    }));
    for (const auto& name : maps) lines.push_back("map " + name);
    std::ranges::sort(lines);
    std::ranges::stable_sort(rules, {}, &SeenRule::chain);
    for (const auto& rule : rules) lines.push_back("rule " + rule.chain + ": " + rule.comment);
    table.shape.insert(table.shape.end(), lines.begin(), lines.end());
    return {};
}

Result<> read_elements(netlink::Socket& socket, const std::vector<std::string>& maps, NatTable& table)
{
    Elements elements;
    for (const auto& name : maps) {
        std::function<void(const nlmsghdr&)> visit;
        if (const auto map = map_of_name(name))
            visit = [&elements, map](const nlmsghdr& message) { decode_elements(message, *map, elements); };
        for (const auto entrance : {Entrance::Sa, Entrance::Link, Entrance::Out})
            if (name == counter_map(entrance))
                visit = [&table, entrance](const nlmsghdr& message) {
                    decode_counted(message, entrance, table.counters);
                };
        if (!visit) continue;
        TRY(dump(socket, NFT_MSG_GETSETELEM, NFTA_SET_ELEM_LIST_TABLE, visit, NFTA_SET_ELEM_LIST_SET, name));
    }
    std::ranges::sort(elements);
    table.elements = std::make_shared<const Elements>(std::move(elements));
    return {};
}

} // namespace

Result<NatTable> observe_nat(netlink::Socket& socket)
{
    NatTable table;
    TRY(dump(socket, NFT_MSG_GETTABLE, 0, [&](const nlmsghdr& message) {
        const auto seen = decode_nat_table(message);
        if (!seen) return;
        table.present = true;
        if (seen->altered) table.shape.emplace_back("altered");
    }));
    if (!table.present) return table;
    std::vector<std::string> maps;
    TRY(read_shape(socket, table, maps));
    TRY(read_elements(socket, maps, table));
    const auto counters = read_counters(socket);
    TRY(counters);
    for (const auto& counter : *counters)
        if (!counter.of_rules) table.objects.insert(counter.name);
    return table;
}

Result<std::vector<SeenCounter>> read_counters(netlink::Socket& socket)
{
    std::vector<SeenCounter> counters;
    for (const auto table : {nat_table, rules_table}) {
        netlink::Message question;
        start(question, NFT_MSG_GETOBJ, 0);
        question.text(NFTA_OBJ_TABLE, table);
        TRY(socket.dump(question, what, [&](const nlmsghdr& message) {
            if (auto counter = decode_counter(message)) counters.push_back(std::move(*counter));
        }));
    }
    return counters;
}

} // namespace linkspan::nft
