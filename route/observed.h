#pragma once

#include "route/address_spec.h"
#include "route/route_spec.h"
#include "route/rule_spec.h"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace linkspan::route {

/// What makes a route one route.
struct RouteKey {
    IpPrefix destination = {};
    std::uint32_t metric = 0;
    std::uint32_t table = main_table;
    auto operator<=>(const RouteKey&) const = default;
};
[[nodiscard]] inline RouteKey key_of(const RouteSpec& spec)
{
    return {spec.destination, spec.metric, spec.table};
}

/// An address that somebody else, the kernel included, put on a link.
struct ForeignAddress {
    LinkName link = {};
    IpInterface address = {};
    bool global = false; ///< scope global: good for talking to others
    bool usable = false; ///< not tentative, duplicate, deprecated
    bool operator==(const ForeignAddress&) const = default;
};

/// One next hop of somebody else's route in the main table; a multipath route is several of these with one key.
struct ForeignRoute {
    RouteKey key = {};
    std::uint8_t type = 0;     ///< RTN_*
    std::uint8_t protocol = 0; ///< RTPROT_*
    bool dead = false;         ///< its link is down or has no carrier: the kernel passes over it
    LinkName link = {};        ///< empty where the type has none
    std::optional<IpAddress> gateway = {};
    bool operator==(const ForeignRoute&) const = default;
};

/// Addresses of all links, routes of the main table and ours of those beside it, our rules; without those of the kernel's own tables (local, broadcast,
/// multicast) and without IPv6 link-local networks, which every link has.
struct Observed {
    std::vector<AddressSpec> own_addresses = {};        ///< `connection` is empty: the kernel does not know it
    std::vector<ForeignAddress> foreign_addresses = {}; ///< those of one link in the kernel's order
    /// `connection` is empty. A route of ours that somebody made multipath has no link, so it differs from all wanted.
    std::map<RouteKey, RouteSpec> own_routes = {};
    std::vector<ForeignRoute> foreign_routes = {}; ///< sorted by key
    std::vector<RuleSpec> own_rules = {};          ///< those that are just as we write them
    bool operator==(const Observed&) const = default;
};

} // namespace linkspan::route
