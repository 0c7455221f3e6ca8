#include "nft/nat_layout.h"

#include <linux/netfilter.h>

#include <algorithm>
#include <array>

namespace linkspan::nft {
namespace {

constexpr std::string_view version = "linkspan 1 "; ///< another number where rules of one name change

std::string base_name(bool in)
{
    return in ? "prerouting" : "postrouting";
}

std::string name_of(End end)
{
    return end == End::Source ? "saddr" : "daddr";
}

End other(End end)
{
    return end == End::Source ? End::Destination : End::Source;
}

/// Puts chains and rules together.
class Builder {
public:
    explicit Builder(const std::set<MapId>& maps) { layout_.maps = maps; }

    void base(bool in)
    {
        const unsigned hook = in ? NF_INET_PRE_ROUTING : NF_INET_POST_ROUTING;
        const int priority = in ? mouth_in_priority : mouth_out_priority;
        layout_.chains.push_back({base_name(in), in, chain_line(base_name(in), hook, priority, true)});
    }
    void chain(const std::string& name) { layout_.chains.push_back({name, {}, chain_line(name, {}, 0, true)}); }
    void rule(const std::string& chain, std::variant<Gate, Jump, Translate> what, const std::string& words)
    {
        layout_.rules.push_back({chain, std::move(what), std::string{version} + words});
    }

    /// Of the maps that fit, the one with the most bits comes first: the narrowest network wins.
    void translations(const std::string& chain, Entrance entrance, Family family, End end, bool inner)
    {
        for (auto map = layout_.maps.rbegin(); map != layout_.maps.rend(); ++map)
            if (map->entrance == entrance && map->family == family && map->end == (inner ? other(end) : end))
                rule(chain, Translate{*map, end, inner}, nft::name_of(*map));
    }
    void both_ends(const std::string& chain, Entrance entrance, Family family, bool inner)
    {
        for (const auto end : {End::Source, End::Destination}) {
            const auto target = chain + "_" + name_of(end);
            this->chain(target);
            translations(target, entrance, family, end, inner);
            rule(chain, Jump{target, family, {}}, target);
        }
    }
    void counters(Entrance entrance) { layout_.entrances.push_back(entrance); }
    void mouth(Entrance entrance, Family family)
    {
        const auto name = prefix_of(entrance, family), inner = name + "_inner";
        chain(name);
        chain(inner);
        rule(base_name(entrance != Entrance::Out), Gate{entrance, family, name}, name);
        both_ends(name, entrance, family, false);
        both_ends(inner, entrance, family, true);
        if (family == Family::V6) return rule(name, Jump{inner, family, 128}, inner);
        for (const auto type :
             {std::uint8_t{3}, std::uint8_t{11}, std::uint8_t{12}}) // unreachable, time exceeded, parameter problem
            rule(name, Jump{inner, family, type}, inner + " " + std::to_string(type));
    }

    [[nodiscard]] Layout done() && { return std::move(layout_); }

private:
    Layout layout_;
};

} // namespace

Layout layout_of(const std::set<MapId>& maps)
{
    Builder builder{maps};
    for (const bool in : {true, false}) builder.base(in);
    for (const auto entrance : {Entrance::Sa, Entrance::Link, Entrance::Out}) {
        const auto of = [&](Family family) {
            return std::ranges::any_of(
                maps, [&](const MapId& map) { return map.entrance == entrance && map.family == family; });
        };
        if (of(Family::V4) || of(Family::V6)) builder.counters(entrance);
        for (const auto family : {Family::V4, Family::V6})
            if (of(family)) builder.mouth(entrance, family);
    }
    return std::move(builder).done();
}

std::string chain_line(const std::string& name, std::optional<unsigned> hook, int priority, bool filter_accept)
{
    auto line = "chain " + name;
    if (hook) line += " hook " + std::to_string(*hook) + " priority " + std::to_string(priority);
    return filter_accept ? line : line + " altered";
}

std::string counter_map(Entrance entrance)
{
    constexpr std::array names{"counters_in", "counters_link", "counters_out"};
    return names[static_cast<std::size_t>(entrance)];
}

std::vector<std::string> shape_of(const Layout& layout)
{
    std::vector<std::string> lines;
    for (const auto& chain : layout.chains) lines.push_back(chain.line);
    for (const auto& map : layout.maps) lines.push_back("map " + nft::name_of(map));
    for (const auto entrance : layout.entrances) lines.push_back("map " + counter_map(entrance));
    std::ranges::sort(lines);
    auto rules = layout.rules;
    std::ranges::stable_sort(rules, {}, &NatRule::chain);
    for (const auto& rule : rules) lines.push_back("rule " + rule.chain + ": " + rule.comment);
    return lines;
}

} // namespace linkspan::nft
