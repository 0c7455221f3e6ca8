#include "agent/gather.h"

#include "base/prefix_set.h"
#include "config/derive.h"
#include "route/describe.h"
#include "route/fate.h"
#include "route/underlay.h"

#include <linux/rtnetlink.h>

#include <algorithm>
#include <utility>

namespace linkspan::agent {
namespace {

std::set<LinkName> own_links(const vti::Observed& links)
{
    std::set<LinkName> own;
    for (const auto& [name, link] : links)
        if (link.ours) own.insert(name);
    return own;
}

/// Stores `value` and answers whether it is another one.
template <typename T>
bool learn(T& fact, T value)
{
    if (fact == value) return false;
    fact = std::move(value);
    return true;
}

bool learn_addresses(const config::Gateway& gateway, const std::set<LinkName>& own, const route::Observed& routes,
                     Facts& facts)
{
    std::map<Family, IpAddress> uplink;
    std::vector<IpAddress> addresses;
    for (const auto& foreign : routes.foreign_addresses) {
        if (!foreign.global || !foreign.usable || own.contains(foreign.link)) continue;
        addresses.push_back(foreign.address.address);
        if (foreign.link == gateway.uplink) uplink.try_emplace(foreign.address.address.family, foreign.address.address);
    }
    bool news = learn(facts.own_addresses, std::move(addresses));
    for (const auto& [family, address] : uplink) news |= learn(facts.uplink_address[family], address);
    return news;
}

/// What our hosts call the peer's networks by its mapped NAT, and nobody should have here.
std::vector<IpPrefix> virtual_networks(const config::Connection& connection)
{
    std::vector<IpPrefix> networks;
    for (const auto& mapping : connection.nat.remote) networks.push_back(mapping.virt);
    return networks;
}

/// Every route is inside a default route, so that is left out.
std::vector<IpPrefix> remote_networks(const config::Connection& connection)
{
    std::vector<IpPrefix> networks;
    for (const auto& subnet : connection.remote_subnets)
        if (subnet.prefix.length != 0) networks.push_back(subnet.prefix);
    return networks;
}

ForeignRouteFact fact_of(const route::ForeignRoute& route, const std::vector<IpPrefix>& networks, bool by_policies)
{
    const auto& to = route.key.destination;
    const bool is_all = std::ranges::find(networks, to) != networks.end();
    const auto& network = is_all ? to : *std::ranges::find_if(networks, [&](const auto& n) { return n.contains(to); });
    return {to, route::fate_of(to, route.type == RTN_UNICAST, network, route.key.metric, by_policies),
            route::describe(route)};
}

std::vector<ForeignRouteFact> foreign_of(const config::Connection& connection, const route::Observed& routes,
                                         const std::set<LinkName>& own)
{
    std::vector<ForeignRouteFact> facts;
    const auto note = [&](const std::vector<IpPrefix>& networks, const auto& found) {
        for (const auto* foreign : found) facts.push_back(fact_of(*foreign, networks, !config::has_link(connection)));
    };
    const auto remote = remote_networks(connection), made_up = virtual_networks(connection);
    note(remote, route::foreign_inside(routes, remote, own));
    note(made_up, route::foreign_behind(routes, made_up, own));
    return facts;
}

bool learn_paths(const config::Config& config, const std::set<LinkName>& own, const route::Observed& routes,
                 Facts& facts)
{
    const route::Underlay underlay{routes, own, config.gateway.uplink};
    std::map<IpAddress, route::UnderlayPath> found;
    std::map<ConnectionName, std::vector<ForeignRouteFact>> inside;
    for (const auto& connection : config.connections) {
        const bool is_known = !connection.peer.is_unspecified();
        if (const auto path = is_known ? underlay.to(connection.peer) : std::nullopt)
            found.emplace(connection.peer, *path);
        if (auto foreign = foreign_of(connection, routes, own); !foreign.empty())
            inside.emplace(connection.name, std::move(foreign));
    }
    return learn(facts.peer_paths, std::move(found)) | learn(facts.foreign_inside, std::move(inside));
}

bool learn_real_networks(const config::Config& config, const route::Observed& routes, Facts& facts)
{
    PrefixSet foreign;
    for (const auto& route : routes.foreign_routes)
        if (route.key.destination.length != 0) foreign.insert(route.key.destination);
    std::set<IpPrefix> found;
    for (const auto& connection : config.connections)
        for (const auto& network : config::nobodys_here(connection.nat))
            if (foreign.overlaps(network)) found.insert(network);
    return learn(facts.real_elsewhere, std::move(found));
}

} // namespace

bool learn_expiries(const config::Config& config, WallTime now, Facts& facts)
{
    std::map<ConnectionName, std::vector<config::Expiry>> found;
    for (const auto& connection : config.connections) {
        if (!connection.enabled || !connection.x509) continue;
        const auto fact = facts.secrets.find(connection.name);
        if (fact == facts.secrets.end() || !fact->second.x509) continue;
        auto expiries = config::not_in_force(*connection.x509, *fact->second.x509, now);
        if (!expiries.empty()) found.emplace(connection.name, std::move(expiries));
    }
    return learn(facts.expiries, std::move(found));
}

bool gather(const config::Config& config, const Observed& observed, Facts& facts)
{
    if (!observed.links || !observed.routes) return false;
    const auto own = own_links(*observed.links);
    bool news = learn(facts.forwarding, observed.forwarding);
    if (const auto uplink = observed.links->find(config.gateway.uplink); uplink != observed.links->end())
        news |= learn(facts.uplink_mtu, uplink->second.mtu);
    news |= learn_addresses(config.gateway, own, *observed.routes, facts);
    news |= learn_paths(config, own, *observed.routes, facts);
    news |= learn_real_networks(config, *observed.routes, facts);
    return news;
}

} // namespace linkspan::agent
