#include "cli/collisions.h"

#include "config/nat_sides.h"
#include "route/describe.h"
#include "route/fate.h"

#include <linux/rtnetlink.h>

#include <algorithm>
#include <set>

namespace linkspan::cli {
namespace {

using route::ForeignRoute;
using Routes = std::vector<const ForeignRoute*>;

std::set<LinkName> links_of(const config::Config& config)
{
    std::set<LinkName> links;
    for (const auto& connection : config.connections)
        if (!connection.device.value.empty()) links.insert(connection.device);
    return links;
}

/// Of a route that the kernel has for an address of a link.
bool is_network_of_link(const ForeignRoute& route)
{
    return route.type == RTN_UNICAST && route.protocol == RTPROT_KERNEL && !route.gateway;
}

/// Whether somebody may be reached by it, or would be without it. One that refuses all of `network` is a fence around the
/// tunnel, unless there is no tunnel's route to go first; a throw decides nothing.
bool collides(const ForeignRoute& route, const IpPrefix& network, bool by_policies)
{
    if (route.key.destination.length < network.length) return is_network_of_link(route);
    if (route.type == RTN_UNICAST) return true;
    return route.type != RTN_THROW && (by_policies || route.key.destination != network);
}

/// One of each key: a multipath route is one.
Routes colliding(const IpPrefix& network, const route::Observed& observed, const std::set<LinkName>& own_links,
                 bool by_policies)
{
    Routes found;
    const auto& all = observed.foreign_routes;
    const auto note_from = [&](const IpPrefix& first, const auto& is_meant) {
        auto route = std::ranges::lower_bound(all, route::RouteKey{first, 0}, {}, &ForeignRoute::key);
        for (; route != all.end() && is_meant(route->key.destination); ++route)
            if (collides(*route, network, by_policies) && !own_links.contains(route->link) &&
                (found.empty() || found.back()->key != route->key))
                found.push_back(&*route);
    };
    note_from(network, [&](const IpPrefix& destination) { return network.contains(destination); });
    for (auto length = network.length; length > 1; --length) {
        const auto wider = IpPrefix::network_of(network.address, static_cast<std::uint8_t>(length - 1));
        note_from(wider, [&](const IpPrefix& destination) { return destination == wider; });
    }
    return found;
}

/// Who put it there, as far as its protocol tells.
std::string origin_of(const ForeignRoute& route)
{
    switch (route.protocol) {
    case RTPROT_KERNEL: return "it comes with an address of " + route.link.value;
    case RTPROT_BOOT: return "somebody added it by hand or in a script";
    case RTPROT_STATIC: return "the network's configuration has it";
    case RTPROT_RA: return "a router's advertisement brought it";
    case RTPROT_DHCP: return "DHCP brought it";
    case RTPROT_ZEBRA:
    case RTPROT_BIRD:
    case RTPROT_BGP:
    case RTPROT_OSPF: return "a routing daemon brought it";
    default: return "protocol " + std::to_string(route.protocol) + " put it there";
    }
}

/// What becomes of packets for its addresses.
std::string outcome_of(const ForeignRoute& route, const IpPrefix& network, bool by_policies)
{
    const auto& to = route.key.destination;
    if (to.length < network.length)
        return "hosts on " + route.link.value + " with addresses of " + network.text() + " are not reached any more";
    return std::string{text_of(route::fate_of(to, route.type == RTN_UNICAST, network, route.key.metric, by_policies))};
}

config::Diagnostic warning(const config::StandIn& stand_in, const config::Connection& connection, const Routes& routes)
{
    const auto& [real, virt] = stand_in.mapping;
    const auto& first = *routes.front();
    config::Diagnostic warning;
    warning.severity = config::Severity::Warning;
    warning.pos = stand_in.pos;
    warning.length = stand_in.length;
    warning.message = virt.text() + ", which stands for the peer's " + real.text() +
                      ", is also somebody's here: " + route::describe(first);
    if (routes.size() > 1) warning.message += ", and " + std::to_string(routes.size() - 1) + " more";
    warning.help = origin_of(first) + "; " + outcome_of(first, virt, connection.mode == config::Mode::Policy) +
                   ". In `remote`, map " + real.text() + " to addresses that nobody has here" +
                   config::nat_picture(config::nat_rows(connection, true), config::nat_rows(connection, false));
    return warning;
}

} // namespace

config::Diagnostics collisions_of(const config::Loaded& loaded, const route::Observed& routes)
{
    const auto& connections = loaded.config->connections;
    const auto own_links = links_of(*loaded.config);
    config::Diagnostics warnings;
    for (const auto& stand_in : loaded.stand_ins) {
        const auto connection =
            std::ranges::lower_bound(connections, stand_in.connection, {}, &config::Connection::name);
        const auto found =
            colliding(stand_in.mapping.virt, routes, own_links, connection->mode == config::Mode::Policy);
        if (found.empty()) continue;
        warnings.push_back(warning(stand_in, *connection, found));
    }
    return warnings;
}

bool is_of_this_machine(const config::Gateway& gateway, const route::Observed& here, const std::string& host_name)
{
    if (!gateway.name.empty() && gateway.name == host_name) return true;
    return std::ranges::any_of(gateway.addresses, [&](const IpAddress& own) {
        return std::ranges::any_of(here.foreign_addresses, [&](const auto& a) { return a.address.address == own; });
    });
}

} // namespace linkspan::cli
