#include "agent/compile_transit.h"

#include "agent/compile_ike.h"
#include "config/derive.h"

namespace linkspan::agent {
namespace {

using config::Connection;

void add(const nft::Ends& more, nft::Ends& ends)
{
    ends.links.insert(more.links.begin(), more.links.end());
    ends.reqids.insert(more.reqids.begin(), more.reqids.end());
}

bool is_within_another(const IpPrefix& network, const std::set<IpPrefix>& all)
{
    for (std::uint8_t length = 0; length < network.length; ++length)
        if (all.contains(IpPrefix::network_of(network.address, length))) return true;
    return false;
}

/// What may begin there needs no leave to answer.
void remove(const nft::Ends& less, nft::Ends& ends)
{
    for (const auto& link : less.links) ends.links.erase(link);
    for (const auto reqid : less.reqids) ends.reqids.erase(reqid);
}

} // namespace

void add_ends(const Connection& c, nft::Ends& ends)
{
    if (config::has_link(c))
        ends.links.insert(c.device);
    else
        for (const auto& child : children_of(c)) ends.reqids.insert(child.reqid);
}

nft::Transits compile_transit(const config::Config& config)
{
    std::map<ConnectionName, nft::Ends> ends;
    std::map<ConnectionName, ConnectionId> ids;
    for (const auto& c : config.connections) {
        const auto& name = c.backup_of ? *c.backup_of : c.name;
        add_ends(c, ends[name]);
        if (!c.backup_of) ids.emplace(name, c.id);
    }
    nft::Transits transits;
    const auto of = [&](const ConnectionName& name) -> nft::Transit& {
        auto& transit = transits[ids.at(name)];
        transit.name = name;
        transit.from = ends.at(name);
        return transit;
    };
    for (const auto& c : config.connections) {
        if (c.backup_of) continue;
        for (const auto& other : c.transit) {
            if (!ids.contains(other)) continue;
            auto& here = of(c.name);
            here.into.push_back(other);
            add(ends.at(other), here.begins);
            add(ends.at(c.name), of(other).answers);
        }
    }
    for (auto& [id, transit] : transits) remove(transit.begins, transit.answers);
    return transits;
}

nft::Origins compile_origins(const config::Config& config)
{
    nft::Origins origins;
    std::map<ConnectionName, ConnectionId> ids;
    std::set<IpPrefix> networks;
    for (const auto& c : config.connections)
        if (!c.backup_of) ids.emplace(c.name, c.id);
    for (const auto& c : config.connections) {
        if (!config::has_link(c)) {
            for (const auto& subnet : c.remote_subnets) networks.insert(subnet.prefix);
            continue;
        }
        const auto primary = ids.find(c.backup_of.value_or(c.name));
        if ((c.backup || c.backup_of) && primary != ids.end()) origins.pairs[primary->second].insert(c.device);
        if (!c.device.value.starts_with("ls-")) origins.named.insert(c.device);
    }
    for (const auto& network : networks)
        if (!is_within_another(network, networks)) origins.without_link.insert(network);
    return origins;
}

} // namespace linkspan::agent
