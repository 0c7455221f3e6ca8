#include "agent/compile_rules.h"

#include "agent/compile_pairs.h"
#include "agent/compile_transit.h"
#include "config/derive.h"

#include <algorithm>

namespace linkspan::agent {
namespace {

using config::Connection;

/// Networks that packets of translated sessions have here, and that the peer is not told.
std::vector<IpPrefix> unknown_there(const Connection& c)
{
    std::vector<IpPrefix> networks;
    const auto add = [&](const IpPrefix& network) {
        const auto known = [&](const auto& s) { return !s.is_narrowed() && s.prefix.contains(network); };
        if (std::ranges::none_of(c.local_subnets, known) && std::ranges::find(networks, network) == networks.end())
            networks.push_back(network);
    };
    for (const auto& rule : c.nat.rules) {
        if (rule.from_here && rule.source_to) std::ranges::for_each(rule.source, add);
        if (!rule.from_here && rule.destination_to) std::ranges::for_each(rule.destination_to->networks(), add);
    }
    return networks;
}

nft::RuleSet set_of(const Connection& c)
{
    nft::RuleSet set{.name = c.name, .ends = {}, .remote = {}, .unknown_there = {}, .rules = c.nat.rules};
    for (const auto& subnet : c.remote_subnets) set.remote.push_back(subnet.prefix);
    if (!config::has_link(c)) set.unknown_there = unknown_there(c);
    return set;
}

} // namespace

nft::Rules compile_rules(const config::Config& config)
{
    nft::Rules rules;
    std::map<ConnectionName, ConnectionId> ids;
    for (const auto& c : config.connections) {
        if (!c.enabled || c.backup_of || c.nat.rules.empty()) continue;
        ids.emplace(c.name, c.id);
        rules.sets.emplace(c.id, set_of(c));
    }
    for (const auto& c : config.connections) {
        if (!c.enabled || c.nat.empty()) continue;
        if (const auto id = ids.find(c.backup_of.value_or(c.name)); id != ids.end())
            add_ends(c, rules.sets.at(id->second).ends);
        else if (config::has_link(c))
            rules.keeps.insert(c.device);
    }
    return rules;
}

void compile_untranslated(const Connection& c, const std::optional<IpAddress>& local, Desired& desired)
{
    for (const auto& network : unknown_there(c))
        for (const auto& remote : c.remote_subnets)
            if (remote.family() == network.family()) compile_outbound(c, {{network}, remote}, local, desired);
}

} // namespace linkspan::agent
