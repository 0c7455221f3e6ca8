#include "cli/nat_lookup.h"

#include "base/mapping_rule.h"
#include "cli/fields.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace linkspan::cli {
namespace {

namespace json = boost::json;

/// What the rule makes of `address`, one of `from`; or, of what it was made.
std::string counterpart(const IpAddress& address, const std::vector<IpPrefix>& from, const AddressRange& to,
                        bool backwards)
{
    const auto network = network_for(from, to);
    const bool is_host = from.size() == 1 && from.front() == IpPrefix::host(from.front().address);
    if (backwards && is_host) return from.front().address.text();
    if (backwards) return network ? moved(address, from.front()).text() : networks_text(from);
    return network ? moved(address, *network).text() : to.text();
}

std::vector<IpPrefix> networks_of(const json::object& rule, std::string_view key)
{
    std::vector<IpPrefix> networks;
    const auto* array = rule.if_contains(key);
    if (!array || !array->is_array()) return networks;
    for (const auto& text : array->get_array())
        if (text.is_string())
            if (const auto network = IpPrefix::parse(text.get_string())) networks.push_back(*network);
    return networks;
}

bool has(const std::vector<IpPrefix>& networks, const IpAddress& address)
{
    return std::ranges::any_of(networks, [&](const auto& n) { return n.contains(address); });
}

/// What the peer sees of ours: rules are written by the addresses of this side, and its mapping one to one comes after them.
AddressRange seen_there(const json::object& connection, const AddressRange& ours)
{
    for (const auto* mapping : objects(connection, "nat")) {
        const auto here = IpPrefix::parse(text(*mapping, "here")), there = IpPrefix::parse(text(*mapping, "there"));
        if (here && there && flag(*mapping, "ours") && here->length == there->length && here->contains(ours.first) &&
            here->contains(ours.last))
            return {moved(ours.first, *there), moved(ours.last, *there)};
    }
    return ours;
}

std::vector<IpPrefix> seen_there(const json::object& connection, const std::vector<IpPrefix>& ours)
{
    std::vector<IpPrefix> seen;
    for (const auto& network : ours)
        for (const auto& part : seen_there(connection, AddressRange::of(network)).networks()) seen.push_back(part);
    return seen;
}

/// One end of the rule: `end` is "source" or "destination".
void add_meanings(const json::object& connection, const json::object& rule, std::string_view end,
                  const RuleMeaning& blank, const IpAddress& address, std::vector<RuleMeaning>& into)
{
    auto from = networks_of(rule, end);
    auto to = AddressRange::parse(text(rule, std::string{end} + "_to"));
    if (!to) return;
    const bool is_source = end == "source";
    if (is_source && blank.from_here) to = seen_there(connection, *to);
    if (!is_source && !blank.from_here) from = seen_there(connection, from);
    auto meaning = blank;
    meaning.is_source = is_source;
    if (has(from, address)) {
        meaning.other = counterpart(address, from, *to, false);
        into.push_back(meaning);
    }
    if (to->contains(address)) {
        meaning.is_result = true;
        meaning.other = counterpart(address, from, *to, true);
        into.push_back(std::move(meaning));
    }
}

std::string sentence(const IpAddress& address, const RuleMeaning& m)
{
    const auto a = address.text();
    if (m.from_here && m.is_source)
        return m.is_result ? fmt::format("{} at the peer of {} stands for {} of ours, in sessions begun here", a,
                                         m.connection, m.other)
                           : fmt::format("{} here is ours; in sessions it begins, the peer of {} sees it as {}", a,
                                         m.connection, m.other);
    if (m.from_here)
        return m.is_result ? fmt::format("{} behind {} is reached from here as {}", a, m.connection, m.other)
                           : fmt::format("{} here leads to {} behind {}", a, m.other, m.connection);
    if (m.is_source)
        return m.is_result
                   ? fmt::format("{} here stands for {} behind {}, in sessions begun there", a, m.other, m.connection)
                   : fmt::format("{} behind {} is seen here as {}, in sessions it begins", a, m.connection, m.other);
    return m.is_result ? fmt::format("{} here is reached by the peer of {} as {}", a, m.connection, m.other)
                       : fmt::format("{} at the peer of {} leads to {} here", a, m.connection, m.other);
}

} // namespace

std::vector<NatMeaning> meanings_of(const json::object& gateway, const IpAddress& address)
{
    std::vector<NatMeaning> meanings;
    for (const auto* connection : objects(gateway, "connections")) {
        if (!text(*connection, "backup_of").empty()) continue; // as its connection
        for (const auto* mapping : objects(*connection, "nat")) {
            const auto here = IpPrefix::parse(text(*mapping, "here")), there = IpPrefix::parse(text(*mapping, "there"));
            if (!here || !there || here->length != there->length || here->family() != address.family) continue;
            const bool ours = flag(*mapping, "ours");
            if (here->contains(address))
                meanings.push_back({text(*connection, "name"), ours, true, address, moved(address, *there)});
            if (there->contains(address))
                meanings.push_back({text(*connection, "name"), ours, false, moved(address, *here), address});
        }
    }
    return meanings;
}

std::vector<RuleMeaning> rule_meanings_of(const json::object& gateway, const IpAddress& address)
{
    std::vector<RuleMeaning> meanings;
    for (const auto* connection : objects(gateway, "connections")) {
        if (!text(*connection, "backup_of").empty()) continue;
        std::size_t rule_number = 0;
        for (const auto* rule : objects(*connection, "rules")) {
            const RuleMeaning blank{.connection = text(*connection, "name"),
                                    .rule = ++rule_number,
                                    .from_here = text(*rule, "from") == "local",
                                    .is_source = false,
                                    .is_result = false,
                                    .other = {}};
            for (const auto* end : {"source", "destination"})
                add_meanings(*connection, *rule, end, blank, address, meanings);
        }
    }
    return meanings;
}

std::string render_meanings(const IpAddress& address, const std::vector<NatMeaning>& meanings,
                            const std::vector<RuleMeaning>& rules)
{
    if (meanings.empty() && rules.empty()) return address.text() + ": no connection maps it\n";
    std::string all;
    for (const auto& m : meanings) {
        const std::string who = m.ours ? "host of ours" : "host behind " + m.connection;
        if (m.asked_here)
            all += fmt::format("{} here is a {}; {} {}\n", address.text(), who,
                               m.ours ? "the peer of " + m.connection + " sees it as" : "its own address is",
                               m.there.text());
        else
            all += fmt::format("{} at the peer of {} is a {}; here it is {}\n", address.text(), m.connection, who,
                               m.here.text());
    }
    for (const auto& m : rules) all += fmt::format("{} (rule {})\n", sentence(address, m), m.rule);
    return all;
}

std::string json_of(const IpAddress& address, const std::vector<NatMeaning>& meanings,
                    const std::vector<RuleMeaning>& rules)
{
    json::array list;
    for (const auto& m : meanings)
        list.push_back({{"connection", m.connection},
                        {"ours", m.ours},
                        {"asked_here", m.asked_here},
                        {"here", m.here.text()},
                        {"there", m.there.text()}});
    json::array by_rules;
    for (const auto& m : rules)
        by_rules.push_back({{"connection", m.connection},
                            {"rule", m.rule},
                            {"from", m.from_here ? "local" : "remote"},
                            {"end", m.is_source ? "source" : "destination"},
                            {"is_result", m.is_result},
                            {"other", m.other}});
    return json::serialize(json::object{
               {"address", address.text()}, {"meanings", std::move(list)}, {"rules", std::move(by_rules)}}) +
           '\n';
}

} // namespace linkspan::cli
