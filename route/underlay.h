#pragma once

#include "route/observed.h"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <unordered_map>
#include <vector>

namespace linkspan::route {

/// How a destination is reached without any tunnel of ours.
struct UnderlayPath {
    LinkName link = {};
    std::optional<IpAddress> gateway = {};
    bool host_route = false; ///< by a foreign route for exactly this address
    bool operator==(const UnderlayPath&) const = default;
};

/// Answers "where would this packet go if we were not here" from the foreign routes of the main table: the longest
/// prefix, then the lowest metric, then, among the hops of one multipath route, the one on the uplink. A foreign route
/// by a tunnel of ours (the network of its inside address, say) does not count, nor does one the kernel passes over.
/// Holds pointers into `observed`. Built once, then a lookup costs one probe per prefix length in use.
class Underlay {
public:
    Underlay(const Observed& observed, const std::set<LinkName>& own_links, const LinkName& uplink);

    /// Nothing where no route leads there, or the best one is unreachable, blackhole or prohibit.
    [[nodiscard]] std::optional<UnderlayPath> to(const IpAddress& address) const;

private:
    using Best = std::unordered_map<IpAddress, const ForeignRoute*>; ///< by network address, for one prefix length
    std::map<std::uint8_t, Best, std::greater<>> v4_, v6_;           ///< longest prefix first
};

/// Foreign routes for the whole of one of `subnets`, with another metric than ours, which wins; one with the same metric is a
/// conflict of the plan. As `foreign_inside` otherwise.
[[nodiscard]] std::vector<const ForeignRoute*>
foreign_behind(const Observed& observed, std::span<const IpPrefix> subnets, const std::set<LinkName>& own_links);

/// Foreign routes for parts of `subnets`: more specific than ours, so their packets miss the tunnel. Routes by links of
/// `own_links` are left out. Pointers into `observed`.
[[nodiscard]] std::vector<const ForeignRoute*>
foreign_inside(const Observed& observed, std::span<const IpPrefix> subnets, const std::set<LinkName>& own_links);

} // namespace linkspan::route
