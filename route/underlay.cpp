#include "route/underlay.h"

#include <linux/rtnetlink.h>

#include <algorithm>
#include <tuple>

namespace linkspan::route {
namespace {

bool decides(const ForeignRoute& route, const std::set<LinkName>& own_links)
{
    if (route.type == RTN_UNICAST) return !route.dead && !own_links.contains(route.link);
    return route.type != RTN_THROW; // a throw sends the lookup on to other tables, which we do not look at
}

} // namespace

Underlay::Underlay(const Observed& observed, const std::set<LinkName>& own_links, const LinkName& uplink)
{
    const auto rank = [&](const ForeignRoute& r) { return std::tuple{r.key.metric, r.link != uplink}; };
    for (const auto& route : observed.foreign_routes) {
        if (!decides(route, own_links)) continue;
        const auto& [address, length] = route.key.destination;
        auto& best = (address.family == Family::V4 ? v4_ : v6_)[length];
        const auto [held, fresh] = best.try_emplace(address, &route);
        if (!fresh && rank(route) < rank(*held->second)) held->second = &route;
    }
}

std::optional<UnderlayPath> Underlay::to(const IpAddress& address) const
{
    for (const auto& [length, best] : address.family == Family::V4 ? v4_ : v6_) {
        const auto found = best.find(IpPrefix::network_of(address, length).address);
        if (found == best.end()) continue;
        const auto& route = *found->second;
        if (route.type != RTN_UNICAST) return std::nullopt;
        return UnderlayPath{route.link, route.gateway, length == address_bits(address.family)};
    }
    return std::nullopt;
}

std::vector<const ForeignRoute*> foreign_behind(const Observed& observed, std::span<const IpPrefix> subnets,
                                                const std::set<LinkName>& own_links)
{
    std::vector<const ForeignRoute*> behind;
    for (const auto& subnet : subnets) {
        const auto ours = tunnel_metric(subnet.family());
        auto route = std::ranges::lower_bound(observed.foreign_routes, RouteKey{subnet, 0}, {}, &ForeignRoute::key);
        for (; route != observed.foreign_routes.end() && route->key.destination == subnet; ++route)
            if (route->key.metric != ours && !own_links.contains(route->link)) behind.push_back(&*route);
    }
    return behind;
}

std::vector<const ForeignRoute*> foreign_inside(const Observed& observed, std::span<const IpPrefix> subnets,
                                                const std::set<LinkName>& own_links)
{
    std::vector<const ForeignRoute*> inside;
    for (const auto& subnet : subnets) {
        auto route = std::ranges::lower_bound(observed.foreign_routes, RouteKey{subnet, 0}, {}, &ForeignRoute::key);
        for (; route != observed.foreign_routes.end() && subnet.contains(route->key.destination); ++route)
            if (route->key.destination != subnet && !own_links.contains(route->link)) inside.push_back(&*route);
    }
    return inside;
}

} // namespace linkspan::route
