#include "nft/egress_observe.h"

#include "nft/egress_codec.h"
#include "nft/wire.h"

#include <algorithm>
#include <cerrno>

namespace linkspan::nft {
namespace {

constexpr std::string_view what = "read table inet linkspan_egress";

Result<> dump(netlink::Socket& socket, nf_tables_msg_types type, std::uint16_t table_attribute,
              const netlink::Visitor& visit, std::string_view set = {})
{
    netlink::Message question;
    start(question, type, 0);
    if (table_attribute != 0) question.text(table_attribute, egress_table);
    if (!set.empty()) question.text(NFTA_SET_ELEM_LIST_SET, set);
    return socket.dump(question, what, visit);
}

Result<> read_shape(netlink::Socket& socket, EgressTable& table)
{
    std::vector<std::pair<std::string, std::string>> rules;
    TRY(dump(socket, NFT_MSG_GETCHAIN, 0, [&](const nlmsghdr& message) {
        const auto chain = decode_egress_chain(message);
        if (!chain) return;
        table.chains.insert(chain->name);
        table.shape.push_back(chain->line);
    }));
    TRY(dump(socket, NFT_MSG_GETRULE, NFTA_RULE_TABLE, [&](const nlmsghdr& message) {
        if (auto rule = decode_egress_rule(message)) rules.push_back(std::move(*rule));
    }));
    std::ranges::sort(table.shape);
    std::ranges::stable_sort(rules, {}, &std::pair<std::string, std::string>::first);
    for (const auto& [chain, comment] : rules) table.shape.push_back("rule " + chain + ": " + comment);
    return {};
}

Result<> read_sets(netlink::Socket& socket, EgressTable& table)
{
    TRY(dump(socket, NFT_MSG_GETSET, NFTA_SET_TABLE, [&](const nlmsghdr& message) {
        const auto name = decode_egress_set(message);
        if (!name) return;
        if (name->starts_with("pins_"))
            table.pin_sets.insert(*name);
        else
            table.sets[*name];
    }));
    for (auto& [name, ranges] : table.sets) {
        const auto family = name.ends_with('4') ? Family::V4 : Family::V6;
        std::vector<SeenEdge> edges;
        TRY(dump(
            socket, NFT_MSG_GETSETELEM, NFTA_SET_ELEM_LIST_TABLE,
            [&](const nlmsghdr& message) { decode_edges(message, family, edges); }, name));
        ranges = ranges_between(std::move(edges), family);
    }
    return {};
}

} // namespace

Result<EgressTable> observe_egress(netlink::Socket& socket)
{
    EgressTable table;
    TRY(dump(socket, NFT_MSG_GETTABLE, 0,
             [&](const nlmsghdr& message) { table.present = table.present || is_egress_table(message); }));
    if (!table.present) return table;
    TRY(read_shape(socket, table));
    TRY(read_sets(socket, table));
    return table;
}

Result<std::map<std::string, std::size_t>> count_pins(netlink::Socket& socket, const EgressTable& table)
{
    std::map<std::string, std::size_t> counts;
    for (const auto& name : table.pin_sets) {
        std::vector<SeenEdge> pins;
        TRY(dump(
            socket, NFT_MSG_GETSETELEM, NFTA_SET_ELEM_LIST_TABLE,
            [&](const nlmsghdr& message) { decode_edges(message, Family::V6, pins); }, name));
        counts[name] = pins.size();
    }
    return counts;
}

Result<std::uint64_t> count_answers(netlink::Socket& socket)
{
    netlink::Message question;
    encode_answers_question(question);
    std::uint64_t packets = 0;
    const auto read = socket.get(question, "read the counter of answers",
                                 [&](const nlmsghdr& message) { packets = decode_answers(message).value_or(packets); });
    if (!read && read.error().sys != ENOENT) return std::unexpected(read.error());
    return packets;
}

} // namespace linkspan::nft
