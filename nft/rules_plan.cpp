#include "nft/rules_plan.h"

#include "nft/rules_text.h"

#include <algorithm>
#include <vector>

namespace linkspan::nft {
namespace {

constexpr std::string_view table = "inet linkspan_rules";

std::string number_of(Family family)
{
    return family == Family::V4 ? "4" : "6";
}

/// `command` for the elements of a set, or of a map of verdicts, by family.
class Elements {
public:
    void add(Family family, std::string text) { texts_[family].push_back(std::move(text)); }
    [[nodiscard]] std::string commands(const std::string& command, const std::string& name) const
    {
        std::string text;
        for (const auto& [family, elements] : texts_)
            text += command + " element " + std::string{table} + " " + name + number_of(family) + " " +
                    in_braces(elements) + "\n";
        return text;
    }

private:
    std::map<Family, std::vector<std::string>> texts_;
};

template <typename Networks>
Elements networks_in(const Networks& networks)
{
    Elements all;
    for (const auto& network : networks) all.add(network.family(), network.text());
    return all;
}

Jumps missing(const Jumps& from, const Jumps& in)
{
    Jumps rest;
    for (const auto& jump : from)
        if (const auto found = in.find(jump.first); found == in.end() || found->second != jump.second)
            rest.insert(jump);
    return rest;
}

const Jumps& jumps_in(const RulesTable& t, const std::string& map)
{
    static const Jumps none;
    const auto found = t.jumps.find(map);
    return found == t.jumps.end() ? none : found->second;
}

std::string jump_commands(const std::string& command, const std::string& map, const Jumps& jumps)
{
    Elements verdicts, keys;
    for (const auto& [network, chain] : jumps) {
        verdicts.add(network.family(), network.text() + " : jump " + chain);
        keys.add(network.family(), network.text());
    }
    return verdicts.commands(command, map) + (map == "leaving" ? keys.commands(command, "remote") : "");
}

std::string keep_commands(const std::string& command, const std::set<LinkName>& from, const std::set<LinkName>& in)
{
    std::vector<std::string> links;
    for (const auto& link : from)
        if (!in.contains(link)) links.push_back("\"" + link.value + "\"");
    return links.empty() ? "" : command + " element " + std::string{table} + " keeps " + in_braces(links) + "\n";
}

std::string rule_command(const std::string& chain, const Line& line)
{
    return "add rule " + std::string{table} + " " + chain + " " + line.text + " comment \"" + line.comment + "\"\n";
}

std::string fill(const std::map<std::string, Lines>& chains)
{
    std::string text;
    for (const auto& [name, lines] : chains)
        for (const auto& line : lines) text += rule_command(name, line);
    return text;
}

std::string chain_command(const std::string& verb, const std::string& name)
{
    return verb + " chain " + std::string{table} + " " + name + "\n";
}

/// What has no words for `add` of what is there already comes first, so that nothing refers to what is not there.
std::string changes(const RulesTable& before, const RulesTable& after)
{
    std::string text, emptied, gone, fresh;
    std::map<std::string, Lines> rewritten;
    for (const auto& [name, lines] : after.chains) {
        const auto old = before.chains.find(name);
        if (old != before.chains.end() && old->second == lines) continue;
        old == before.chains.end() ? fresh += chain_command("add", name) : emptied += chain_command("flush", name);
        rewritten.emplace(name, lines);
    }
    for (const auto& chain : before.chains)
        if (!after.chains.contains(chain.first)) {
            emptied += chain_command("flush", chain.first);
            gone += chain_command("delete", chain.first);
        }
    for (const auto& map : jump_maps())
        text += jump_commands("delete", map, missing(jumps_in(before, map), jumps_in(after, map)));
    text += keep_commands("delete", before.keeps, after.keeps) + emptied + gone;
    for (const auto& name : before.counters)
        if (!after.counters.contains(name)) text += "delete counter " + std::string{table} + " " + name + "\n";
    for (const auto& name : after.counters)
        if (!before.counters.contains(name)) text += "add counter " + std::string{table} + " " + name + "\n";
    text += fresh + fill(rewritten);
    for (const auto& map : jump_maps())
        text += jump_commands("add", map, missing(jumps_in(after, map), jumps_in(before, map)));
    return text + keep_commands("add", after.keeps, before.keeps);
}

/// `add` so that the `delete` finds something; nft before 1.0.7 knows no `destroy`.
std::string cleared()
{
    return "add table " + std::string{table} + "\ndelete table " + std::string{table} + "\n";
}

/// The chains come first: what a batch adds to an interval map of its own, nft sends along with the map.
std::string frame_with(const std::map<std::string, Lines>& chains)
{
    auto text = cleared() + "table " + std::string{table} + " {\n";
    for (const auto& chain : chains) text += "\tchain " + chain.first + " {\n\t}\n";
    text += "\tset keeps {\n\t\ttype ifname\n\t}\n";
    for (const auto family : {Family::V4, Family::V6}) {
        const std::string type = family == Family::V4 ? "ipv4_addr" : "ipv6_addr";
        for (const std::string name : {"remote", "ending"})
            text += "\tset " + name + number_of(family) + " {\n\t\ttype " + type + "\n\t\tflags interval\n\t}\n";
        for (const auto& map : jump_maps())
            text +=
                "\tmap " + map + number_of(family) + " {\n\t\ttype " + type + " : verdict\n\t\tflags interval\n\t}\n";
    }
    text += "\tchain keep {\n\t}\n";
    for (const auto& [name, type, hook, priority] : bases())
        text += "\tchain " + std::string{name} + " {\n\t\ttype " + std::string{type} + " hook " + std::string{hook} +
                " priority " + std::to_string(priority) + "; policy accept;\n\t}\n";
    text += "}\n";
    return text + fill(frame());
}

std::string flushed()
{
    return "flush set " + std::string{table} + " ending4\nflush set " + std::string{table} + " ending6\n";
}

std::string name_of(ConnectionId id, const RulesTable& t)
{
    if (t.rules)
        if (const auto found = t.rules->sets.find(id); found != t.rules->sets.end()) return found->second.name.value;
    char digits[9];
    std::snprintf(digits, sizeof digits, "%08x", id.value);
    return std::string{"a connection that is gone, "} + digits;
}

std::set<ConnectionId> all_ids(const Op<RulesTable>& op)
{
    auto ids = ids_in(op.spec);
    if (op.before) ids.merge(ids_in(*op.before));
    return ids;
}

} // namespace

Plan<RulesTable> plan(const Rules& want, const RulesTable& have)
{
    auto wanted = table_of(want);
    if (!wanted.present) {
        if (!have.present) return {};
        return {.ops = {{Verb::Delete, have, {}}}};
    }
    if (!have.present) return {.ops = {{Verb::Create, std::move(wanted), {}}}};
    if (!have.framed) return {.ops = {{Verb::Replace, std::move(wanted), have}}};
    if (wanted == have) return {};
    return {.ops = {{Verb::Update, std::move(wanted), have}}};
}

std::set<ConnectionId> changed_between(const RulesTable& before, const RulesTable& after)
{
    std::set<ConnectionId> ids;
    const auto note = [&](const std::string& chain) {
        if (const auto id = id_of_chain(chain)) ids.insert(*id);
    };
    for (const auto* side : {&before, &after}) {
        const auto& other = side == &before ? after : before;
        for (const auto& [name, lines] : side->chains)
            if (const auto found = other.chains.find(name); found == other.chains.end() || found->second != lines)
                note(name);
        for (const auto& map : jump_maps())
            for (const auto& jump : missing(jumps_in(*side, map), jumps_in(other, map))) note(jump.second);
    }
    return ids;
}

std::set<IpPrefix> ending_of(const Op<RulesTable>& op)
{
    const auto ids = op.verb == Verb::Update && op.before ? changed_between(*op.before, op.spec) : all_ids(op);
    auto networks = networks_of(op.spec, ids);
    networks.insert(op.spec.ending.begin(), op.spec.ending.end());
    if (op.before) {
        networks.merge(networks_of(*op.before, ids));
        networks.insert(op.before->ending.begin(), op.before->ending.end());
    }
    std::set<IpPrefix> widest;
    for (const auto& network : networks)
        if (widest.empty() || !widest.rbegin()->contains(network)) widest.insert(network);
    return widest;
}

std::string render(const Op<RulesTable>& op)
{
    const auto ending = networks_in(ending_of(op)).commands("add", "ending");
    switch (op.verb) {
    case Verb::Delete: return frame_with({}) + ending;
    case Verb::Create:
    case Verb::Replace: return frame_with(op.spec.chains) + changes({}, op.spec) + ending;
    case Verb::Update: break;
    }
    return flushed() + changes(op.before.value_or(RulesTable{}), op.spec) + ending;
}

std::string render_done(const Op<RulesTable>& op)
{
    return op.verb == Verb::Delete ? cleared() : flushed();
}

std::string describe(const RulesTable&)
{
    return "table inet linkspan_rules";
}

std::string detail(const Op<RulesTable>& op)
{
    if (op.verb == Verb::Delete) return {};
    constexpr std::size_t most = 5;
    const auto ids = op.verb == Verb::Update && op.before ? changed_between(*op.before, op.spec) : ids_in(op.spec);
    std::string text = op.verb == Verb::Replace ? "its frame differs; " : "";
    std::size_t said = 0;
    for (const auto id : ids) {
        if (said == most) return text + " and " + std::to_string(ids.size() - most) + " more";
        text += (said++ == 0 ? "rules of " : ", ") + name_of(id, op.spec);
    }
    if (said != 0) return text;
    if (op.verb == Verb::Update && op.before && !op.before->ending.empty()) return "sessions of rules that are gone";
    return text + "keep the sources of mapped links";
}

} // namespace linkspan::nft
