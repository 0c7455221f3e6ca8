#include "nft/rules_table.h"

#include "nft/rules_text.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace linkspan::nft {
namespace {

Line line(std::string text)
{
    auto rule = rule_of({}, std::move(text));
    return {std::move(rule.text), std::move(rule.comment)};
}

Lines lines(const std::vector<std::string>& texts)
{
    Lines all;
    for (const auto& text : texts) all.push_back(line(text));
    return all;
}

std::string chain_name(std::string_view what, ConnectionId id)
{
    char digits[10];
    std::snprintf(digits, sizeof digits, "_%08x", id.value);
    return std::string{what} + digits;
}

/// Those that lie in none of the others.
std::set<IpPrefix> widest(const std::set<IpPrefix>& networks)
{
    std::set<IpPrefix> result;
    for (const auto& network : networks) // the wider of two that begin alike comes first
        if (result.empty() || !result.rbegin()->contains(network)) result.insert(network);
    return result;
}

template <typename Networks>
void jump(const Networks& from, const std::string& chain, Jumps& jumps)
{
    for (const auto& network : widest({from.begin(), from.end()})) jumps[network] = chain;
}

/// Makes the chains of one connection.
class Maker {
public:
    Maker(ConnectionId id, const RuleSet& set, RulesTable& table) : id_(id), set_(set), table_(table) {}

    void make()
    {
        for (std::size_t i = 0; i < set_.rules.size(); ++i)
            table_.counters.insert(rule_counter(set_.name.value, i + 1));
        gated("leaving", "source", true, source_rules(set_, true));
        if (has(false, &MappingRule::destination_to))
            gated("entering", "target", false, destination_rules(set_, false));
        if (has(true, &MappingRule::destination_to)) calling();
        if (has(false, &MappingRule::source_to)) arrived();
    }

private:
    [[nodiscard]] bool has(bool from_here, std::optional<AddressRange> MappingRule::* what) const
    {
        return std::ranges::any_of(set_.rules, [&](const auto& r) { return r.from_here == from_here && r.*what; });
    }
    void gated(const std::string& map, const std::string& then, bool out, const std::vector<std::string>& rules)
    {
        const auto first = chain_name(map, id_), second = chain_name(then, id_);
        table_.chains[first] = lines(gate(set_.ends, out, second));
        table_.chains[second] = lines(rules);
        jump(set_.remote, first, table_.jumps[map]);
    }
    /// By the addresses that our hosts use: whither the session goes is not known yet.
    void calling()
    {
        const auto chain = chain_name("calling", id_);
        table_.chains[chain] = lines(destination_rules(set_, true));
        std::set<IpPrefix> used;
        for (const auto& rule : set_.rules)
            if (rule.from_here && rule.destination_to) used.insert(rule.destination.begin(), rule.destination.end());
        jump(used, chain, table_.jumps["calling"]);
    }
    /// In postrouting a link can still be asked for, and the SA that a packet came by cannot: its source tells enough.
    void arrived()
    {
        auto ends = set_.ends;
        ends.reqids.clear();
        const auto first = chain_name("arrived", id_), second = chain_name("guest", id_);
        auto texts = gate(ends, false, second);
        if (!set_.ends.reqids.empty()) texts.push_back("goto " + second);
        table_.chains[first] = lines(texts);
        table_.chains[second] = lines(source_rules(set_, false));
        jump(set_.remote, first, table_.jumps["arrived"]);
    }

    ConnectionId id_;
    const RuleSet& set_;
    RulesTable& table_;
};

/// Looks the address up in both families.
void look(std::vector<std::string>& texts, const std::string& end, const std::string& map)
{
    texts.push_back("ip " + end + " vmap @" + map + "4");
    texts.push_back("ip6 " + end + " vmap @" + map + "6");
}

std::map<std::string, Lines> make_frame()
{
    std::map<std::string, std::vector<std::string>> texts;
    texts["keep"] = {"meta nfproto ipv4 snat ip to ip saddr", "meta nfproto ipv6 snat ip6 to ip6 saddr"};
    look(texts["prerouting"], "saddr", "entering");
    look(texts["prerouting"], "daddr", "calling");
    look(texts["output"], "daddr", "calling");
    look(texts["postrouting"], "daddr", "leaving");
    texts["postrouting"].push_back("oifname @keeps goto keep");
    look(texts["postrouting"], "saddr", "arrived");
    texts["forward"] = {"ct state invalid ip daddr @remote4 counter drop",
                        "ct state invalid ip6 daddr @remote6 counter drop"};
    std::map<std::string, Lines> all;
    for (const auto& [name, of_chain] : texts) all[name] = lines(of_chain);
    return all;
}

} // namespace

RulesTable table_of(const Rules& rules)
{
    RulesTable table;
    if (rules.empty()) return table;
    table.present = table.framed = true;
    for (const auto& map : jump_maps()) table.jumps[map];
    for (const auto& [id, set] : rules.sets) Maker{id, set, table}.make();
    table.keeps = rules.keeps;
    table.rules = std::make_shared<const Rules>(rules);
    return table;
}

const std::map<std::string, Lines>& frame()
{
    static const auto all = make_frame();
    return all;
}

const std::vector<Base>& bases()
{
    // Before every other translation: conntrack's own priority, -200, is the last one the kernel refuses.
    static const std::vector<Base> all{{"prerouting", "nat", "prerouting", -199},
                                       {"output", "nat", "output", -199},
                                       {"postrouting", "nat", "postrouting", -199},
                                       {"forward", "filter", "forward", -148}};
    return all;
}

const std::vector<std::string>& jump_maps()
{
    static const std::vector<std::string> all{"arrived", "calling", "entering", "leaving"};
    return all;
}

std::string rule_counter(const std::string& connection, std::size_t number)
{
    return "rule-" + connection + "-" + std::to_string(number);
}

std::optional<ConnectionId> id_of_chain(std::string_view chain)
{
    const auto line = chain.rfind('_');
    if (line == std::string_view::npos) return {};
    std::uint32_t id = 0;
    const auto [end, error] = std::from_chars(chain.data() + line + 1, chain.data() + chain.size(), id, 16);
    if (error != std::errc{} || end != chain.data() + chain.size()) return {};
    return ConnectionId{id};
}

std::set<ConnectionId> ids_in(const RulesTable& table)
{
    std::set<ConnectionId> ids;
    for (const auto& chain : table.chains)
        if (const auto id = id_of_chain(chain.first)) ids.insert(*id);
    return ids;
}

std::set<IpPrefix> networks_of(const RulesTable& table, const std::set<ConnectionId>& ids)
{
    std::set<IpPrefix> networks;
    for (const auto& map : table.jumps)
        for (const auto& [network, chain] : map.second)
            if (const auto id = id_of_chain(chain); id && ids.contains(*id)) networks.insert(network);
    return widest(networks);
}

Jumps missing(const Jumps& from, const Jumps& in)
{
    Jumps rest;
    for (const auto& jump : from)
        if (const auto found = in.find(jump.first); found == in.end() || found->second != jump.second)
            rest.insert(jump);
    return rest;
}

const Jumps& jumps_in(const RulesTable& table, const std::string& map)
{
    static const Jumps none;
    const auto found = table.jumps.find(map);
    return found == table.jumps.end() ? none : found->second;
}

} // namespace linkspan::nft
