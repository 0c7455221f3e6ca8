#pragma once

#include "base/ids.h"
#include "base/ip.h"

#include <cstdint>
#include <optional>

namespace linkspan::route {

enum class RouteType {
    Unicast,     ///< by `link`, and by `gateway` where there is one
    Unreachable, ///< the fallback: a packet that would miss the tunnel gets an ICMP error, never the default route
};

inline constexpr std::uint32_t main_table = 254; ///< RT_TABLE_MAIN

/// A route, identified by {destination, metric, table}.
struct RouteSpec {
    IpPrefix destination = {};
    std::uint32_t metric = 0; ///< lower wins; IPv6 knows no 0 (the kernel makes 1024 of it), so IPv6 starts at 1
    RouteType type = RouteType::Unicast;
    LinkName link = {};                    ///< empty for Unreachable
    std::optional<IpAddress> gateway = {}; ///< next hop; none = on the link
    std::optional<IpAddress> source = {};  ///< preferred source of the gateway's own packets
    std::uint32_t mtu = 0;                 ///< bytes, whatever the link says; 0 = the link decides
    std::uint32_t table = main_table;      ///< or one of those beside it (base/path.h)
    ConnectionName connection = {};        ///< the first connection that wants it; not part of the kernel object
    bool operator==(const RouteSpec&) const = default;
};

/// Metrics: nobody fits between the tunnel's route and its fallback. `rank`: 0 for the tunnel that carries the traffic,
/// 1 for the one that waits to stand in for it.
[[nodiscard]] constexpr std::uint32_t tunnel_metric(Family family, std::uint32_t rank = 0)
{
    return (family == Family::V4 ? 0 : 1) + rank;
}
/// Behind the routes of so many `tunnels`.
[[nodiscard]] constexpr std::uint32_t fallback_metric(Family family, std::uint32_t tunnels = 1)
{
    return tunnel_metric(family, tunnels);
}

} // namespace linkspan::route
