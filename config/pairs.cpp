#include "config/pairs.h"

#include <netinet/in.h>

namespace linkspan::config {
namespace {

bool both_or_any(std::uint32_t a, std::uint32_t b)
{
    return a == 0 || b == 0 || a == b;
}

/// A pair's protocol holds for both of its ends.
TrafficSelector end_of(const Pair& pair, const TrafficSelector& end)
{
    return {end.prefix, pair.protocol(), end.port};
}

bool ends_overlap(const TrafficSelector& a, const TrafficSelector& b)
{
    return a.prefix.overlaps(b.prefix) && both_or_any(a.protocol, b.protocol) && both_or_any(a.port, b.port);
}

} // namespace

bool Pair::contains(const Pair& other) const
{
    return end_of(*this, local).contains(end_of(other, other.local)) &&
           end_of(*this, remote).contains(end_of(other, other.remote));
}

bool Pair::overlaps(const Pair& other) const
{
    return ends_overlap(end_of(*this, local), end_of(other, other.local)) &&
           ends_overlap(end_of(*this, remote), end_of(other, other.remote));
}

bool go_together(const TrafficSelector& local, const TrafficSelector& remote)
{
    return local.family() == remote.family() && both_or_any(local.protocol, remote.protocol);
}

std::vector<Pair> pairs_of(const Connection& connection)
{
    std::vector<Pair> pairs;
    if (connection.mode != Mode::Policy) return pairs;
    for (const auto& local : connection.local_subnets)
        for (const auto& remote : connection.remote_subnets)
            if (go_together(local, remote)) pairs.push_back({local, remote});
    return pairs;
}

bool carries_echoes(const Pair& pair, const IpAddress& target)
{
    const std::uint32_t icmp = target.family == Family::V4 ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6};
    return pair.remote.contains(target) && both_or_any(pair.protocol(), icmp);
}

Reqid reqid_of(const Connection& connection, const Pair& pair)
{
    if (connection.selectors == Selectors::Combined) return {connection.id.value};
    return reqid_of_pair(connection.id, pair.text());
}

} // namespace linkspan::config
