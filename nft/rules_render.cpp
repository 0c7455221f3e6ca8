#include "nft/rules_render.h"

#include "nft/rules_plan.h"
#include "nft/rules_text.h"

#include <map>
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

} // namespace

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

} // namespace linkspan::nft
