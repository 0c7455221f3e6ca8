#include "route/codec.h"

#include "base/path.h"

#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cstring>

namespace linkspan::route {
namespace {

/// The field of the header is of 8 bits; the attribute says the rest.
void name_table(netlink::Message& m, rtmsg& body, std::uint32_t table)
{
    body.rtm_table = table == main_table ? std::uint8_t{RT_TABLE_MAIN} : std::uint8_t{RT_TABLE_UNSPEC};
    if (table != main_table) m.pod(RTA_TABLE, table);
}

bool is_table_of_ours(std::uint32_t table)
{
    return table == path_table(Path::Primary) || table == path_table(Path::Backup);
}

rtmsg& begin(netlink::Message& m, std::uint16_t type, std::uint16_t flags, const RouteSpec& spec)
{
    m.reset(type, flags);
    auto& body = m.body<rtmsg>();
    body.rtm_family = static_cast<std::uint8_t>(address_family(spec.destination.family()));
    body.rtm_dst_len = spec.destination.length;
    body.rtm_protocol = route_protocol;
    body.rtm_type = spec.type == RouteType::Unicast ? RTN_UNICAST : RTN_UNREACHABLE;
    if (spec.destination.length > 0) m.bytes(RTA_DST, std::as_bytes(spec.destination.address.octets()));
    m.pod(RTA_PRIORITY, spec.metric);
    name_table(m, body, spec.table);
    return body;
}

/// RTA_GATEWAY, or RTA_VIA for an IPv4 route by an IPv6 next hop (RFC 5549): a family, then the address.
void put_gateway(netlink::Message& m, const IpAddress& gateway, Family family)
{
    const auto octets = std::as_bytes(gateway.octets());
    if (gateway.family == family) {
        m.bytes(RTA_GATEWAY, octets);
        return;
    }
    std::array<std::byte, 2 + 16> via{};
    const auto af = static_cast<std::uint16_t>(address_family(gateway.family));
    std::memcpy(via.data(), &af, sizeof af);
    std::memcpy(via.data() + sizeof af, octets.data(), octets.size());
    m.bytes(RTA_VIA, std::span{via}.first(sizeof af + octets.size()));
}

std::optional<IpAddress> address_of(std::span<const std::byte> payload)
{
    if (payload.size() != 4 && payload.size() != 16) return std::nullopt;
    return IpAddress::from_bytes({reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()});
}

/// What a route's hop and one of many have in common.
void read_hop(const netlink::Attribute& attribute, RawHop& hop)
{
    if (attribute.type == RTA_GATEWAY) hop.gateway = address_of(attribute.payload);
    if (attribute.type == RTA_VIA && attribute.payload.size() > 2)
        hop.gateway = address_of(attribute.payload.subspan(2));
}

bool is_of_interest(std::uint8_t type)
{
    switch (type) {
    case RTN_UNICAST:
    case RTN_UNREACHABLE:
    case RTN_BLACKHOLE:
    case RTN_PROHIBIT:
    case RTN_THROW: return true;
    default: return false;
    }
}

} // namespace

void encode_put(netlink::Message& m, const RouteSpec& spec, IfIndex link, bool in_place)
{
    auto& body = begin(m, RTM_NEWROUTE, NLM_F_CREATE | (in_place ? NLM_F_REPLACE : NLM_F_EXCL), spec);
    if (spec.type == RouteType::Unreachable) return;
    body.rtm_scope = spec.gateway ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
    m.pod(RTA_OIF, link.value);
    if (spec.source) m.bytes(RTA_PREFSRC, std::as_bytes(spec.source->octets()));
    if (spec.mtu != 0)
        m.nest(RTA_METRICS, [&](netlink::Message& metrics) {
            metrics.pod(RTAX_LOCK, std::uint32_t{1} << RTAX_MTU); // forwarded IPv6 heeds no other
            metrics.pod(RTAX_MTU, spec.mtu);
        });
    if (!spec.gateway) return;
    // The gateway is one that another route uses on this link; whether that route made it reachable by a network of its
    // own, or said "onlink", is not for us to check again.
    body.rtm_flags = RTNH_F_ONLINK;
    put_gateway(m, *spec.gateway, spec.destination.family());
}

/// IPv4 takes metric 0 in a deletion for "any", so the type is what keeps the fallback of the same destination safe.
/// The protocol keeps everybody else's routes safe.
void encode_delete(netlink::Message& m, const RouteSpec& spec)
{
    auto& body = begin(m, RTM_DELROUTE, 0, spec);
    body.rtm_scope = RT_SCOPE_NOWHERE; // any
}

void encode_dump(netlink::Message& m, const RouteFilter& filter)
{
    m.reset(RTM_GETROUTE, 0);
    auto& body = m.body<rtmsg>();
    body.rtm_family = static_cast<std::uint8_t>(address_family(filter.family));
    name_table(m, body, filter.table);
    if (filter.only_ours) body.rtm_protocol = route_protocol;
    if (filter.unreachable) body.rtm_type = RTN_UNREACHABLE;
    if (filter.link != IfIndex{}) m.pod(RTA_OIF, filter.link.value);
}

bool RawRoute::ours() const
{
    return protocol == route_protocol && tos == 0 && (type == RTN_UNICAST || type == RTN_UNREACHABLE);
}

RouteSpec RawRoute::spec() const
{
    RouteSpec spec{.destination = key.destination,
                   .metric = key.metric,
                   .gateway = hop.gateway,
                   .source = source,
                   .mtu = mtu,
                   .table = key.table};
    if (type == RTN_UNREACHABLE) spec.type = RouteType::Unreachable;
    return spec;
}

std::optional<RawRoute> decode_route(const nlmsghdr& message)
{
    const auto body = netlink::body_of<rtmsg>(message);
    if (message.nlmsg_type != RTM_NEWROUTE || !body) return std::nullopt;
    if (body->rtm_family != AF_INET && body->rtm_family != AF_INET6) return std::nullopt;
    if ((body->rtm_flags & RTM_F_CLONED) != 0 || !is_of_interest(body->rtm_type)) return std::nullopt;
    const auto family = body->rtm_family == AF_INET ? Family::V4 : Family::V6;
    RawRoute raw{.key = {.destination = {IpAddress::any(family), body->rtm_dst_len}},
                 .type = body->rtm_type,
                 .protocol = body->rtm_protocol,
                 .tos = body->rtm_tos};
    if (body->rtm_dst_len > address_bits(family)) return std::nullopt;
    raw.hop.dead = (body->rtm_flags & RTNH_F_DEAD) != 0;
    raw.key.table = body->rtm_table;
    for (const auto attribute : netlink::attributes_of(message, sizeof(rtmsg))) {
        switch (attribute.type) {
        case RTA_TABLE: raw.key.table = attribute.get<std::uint32_t>().value_or(raw.key.table); break;
        case RTA_PRIORITY: raw.key.metric = attribute.get<std::uint32_t>().value_or(0); break;
        case RTA_OIF: raw.hop.link = {attribute.get<std::uint32_t>().value_or(0)}; break;
        case RTA_PREFSRC: raw.source = address_of(attribute.payload); break;
        case RTA_METRICS:
            for (const auto metric : attribute.nested())
                if (metric.type == RTAX_MTU) raw.mtu = metric.get<std::uint32_t>().value_or(0);
            break;
        case RTA_MULTIPATH: raw.multipath = attribute.payload; break;
        case RTA_DST:
            if (const auto address = address_of(attribute.payload); address && address->family == family)
                raw.key.destination = IpPrefix::network_of(*address, body->rtm_dst_len);
            break;
        default: read_hop(attribute, raw.hop); break;
        }
    }
    if (raw.key.table != main_table && !is_table_of_ours(raw.key.table)) return std::nullopt;
    if (raw.type != RTN_UNICAST) raw.hop = {}; // IPv6 names the loopback link here
    return raw;
}

std::vector<RawHop> decode_hops(const RawRoute& route)
{
    if (route.multipath.empty()) return {route.hop};
    std::vector<RawHop> hops;
    auto rest = route.multipath;
    while (rest.size() >= sizeof(rtnexthop)) {
        rtnexthop next{};
        std::memcpy(&next, rest.data(), sizeof next);
        if (next.rtnh_len < sizeof next || next.rtnh_len > rest.size()) break;
        RawHop hop{.link = {static_cast<std::uint32_t>(next.rtnh_ifindex)},
                   .dead = (next.rtnh_flags & RTNH_F_DEAD) != 0};
        for (const auto attribute : netlink::Attributes{rest.subspan(sizeof next, next.rtnh_len - sizeof next)})
            read_hop(attribute, hop);
        hops.push_back(hop);
        rest = rest.subspan(std::min<std::size_t>(rest.size(), RTNH_ALIGN(next.rtnh_len)));
    }
    return hops;
}

} // namespace linkspan::route
