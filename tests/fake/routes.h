#pragma once

#include "base/ids.h"
#include "base/ip.h"
#include "netlink/attributes.h"
#include "netlink/message.h"
#include "tests/fake/links.h"

#include <linux/rtnetlink.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <vector>

namespace linkspan::fake {

struct FakeAddress {
    std::uint32_t link = 0;
    IpInterface address = {};
    std::uint8_t protocol = 0, scope = 0;
    std::uint32_t flags = 0;
};

struct FakeRoute {
    IpPrefix destination = {};
    std::uint32_t metric = 0;
    std::uint8_t type = RTN_UNICAST, protocol = RTPROT_KERNEL, scope = RT_SCOPE_UNIVERSE, tos = 0;
    std::uint32_t flags = 0, link = 0;
    std::optional<IpAddress> gateway = {}, source = {};
    std::uint32_t table = RT_TABLE_MAIN;
};

inline std::optional<IpAddress> address_in(const netlink::Attribute& attribute)
{
    if (attribute.payload.size() != 4 && attribute.payload.size() != 16) return std::nullopt;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(attribute.payload.data());
    return IpAddress::from_bytes({bytes, attribute.payload.size()});
}

/// Addresses and routes, with what the kernel does by itself: connected networks, and what goes with a link
/// that goes down. Answers 0 or a negative errno.
class Routes {
public:
    std::vector<FakeAddress> addresses = {};
    std::vector<FakeRoute> routes = {};

    int add_address(const nlmsghdr& request, Links& links)
    {
        const auto wanted = read_address(request);
        auto* link = wanted ? links.find(wanted->link) : nullptr;
        if (!link) return -ENODEV;
        if (std::ranges::any_of(addresses, [&](const auto& a) { return same(a, *wanted); })) return -EEXIST;
        addresses.push_back(*wanted);
        if (link->up) connect(*wanted);
        return 0;
    }

    int delete_address(const nlmsghdr& request)
    {
        const auto wanted = read_address(request);
        const auto at = std::ranges::find_if(
            addresses, [&](const auto& a) { return a.link == wanted->link && a.address == wanted->address; });
        if (at == addresses.end()) return -EADDRNOTAVAIL;
        const auto gone = *at;
        addresses.erase(at);
        std::erase_if(routes, [&](const FakeRoute& r) {
            return r.source == gone.address.address ||
                   (r.protocol == RTPROT_KERNEL && r.link == gone.link && r.destination == gone.address.network());
        });
        return 0;
    }

    int add_route(const nlmsghdr& request, Links& links)
    {
        auto route = read_route(request);
        if (!route) return -EINVAL;
        if (const int refused = check(*route, links)) return refused;
        if (route->destination.family() == Family::V6 && route->metric == 0) route->metric = 1024;
        const auto at = std::ranges::find_if(routes, [&](const FakeRoute& r) { return same(r, *route); });
        if (at != routes.end() && (request.nlmsg_flags & NLM_F_EXCL)) return -EEXIST;
        if (at != routes.end() && (request.nlmsg_flags & NLM_F_REPLACE))
            *at = *route;
        else
            routes.push_back(*route);
        return 0;
    }

    /// The first that fits. Metric 0 fits every IPv4 route, and so do type 0 and protocol 0.
    int delete_route(const nlmsghdr& request)
    {
        const auto wanted = read_route(request);
        if (!wanted) return -EINVAL;
        std::ranges::stable_sort(routes, {}, &FakeRoute::metric);
        const auto at = std::ranges::find_if(routes, [&](const FakeRoute& r) {
            return r.table == wanted->table && r.destination == wanted->destination &&
                   (wanted->metric == 0 || r.metric == wanted->metric) &&
                   (wanted->type == 0 || r.type == wanted->type) &&
                   (wanted->protocol == 0 || r.protocol == wanted->protocol) &&
                   (wanted->scope == RT_SCOPE_NOWHERE || r.scope == wanted->scope);
        });
        if (at == routes.end()) return -ESRCH;
        routes.erase(at);
        return 0;
    }

    void link_up(std::uint32_t link)
    {
        for (const auto& address : addresses)
            if (address.link == link) connect(address);
    }

    /// IPv6 addresses go as well; IPv4 ones stay with the link until it goes itself.
    void link_down(std::uint32_t link, bool gone)
    {
        std::erase_if(routes, [&](const FakeRoute& r) { return r.link == link && r.type == RTN_UNICAST; });
        std::erase_if(addresses, [&](const FakeAddress& a) {
            return a.link == link && (gone || a.address.address.family == Family::V6);
        });
    }

    static void write(const FakeAddress& a, netlink::Message& m)
    {
        m.reset(RTM_NEWADDR, 0);
        auto& body = m.body<ifaddrmsg>();
        body.ifa_family = static_cast<std::uint8_t>(address_family(a.address.address.family));
        body.ifa_prefixlen = a.address.length;
        body.ifa_scope = a.scope;
        body.ifa_index = a.link;
        const auto octets = std::as_bytes(a.address.address.octets());
        if (a.address.address.family == Family::V4) m.bytes(IFA_LOCAL, octets);
        m.bytes(IFA_ADDRESS, octets).pod(IFA_FLAGS, a.flags);
        if (a.protocol) m.pod(IFA_PROTO, a.protocol);
    }

    static void write(const FakeRoute& r, netlink::Message& m)
    {
        m.reset(RTM_NEWROUTE, 0);
        auto& body = m.body<rtmsg>();
        body.rtm_family = static_cast<std::uint8_t>(address_family(r.destination.family()));
        body.rtm_dst_len = r.destination.length;
        body.rtm_table = RT_TABLE_MAIN;
        body.rtm_protocol = r.protocol;
        body.rtm_type = r.type;
        body.rtm_scope = r.scope;
        body.rtm_tos = r.tos;
        body.rtm_flags = r.flags;
        m.pod(RTA_TABLE, r.table);
        if (r.destination.length) m.bytes(RTA_DST, std::as_bytes(r.destination.address.octets()));
        if (r.metric) m.pod(RTA_PRIORITY, r.metric);
        if (r.link) m.pod(RTA_OIF, r.link);
        if (r.gateway) m.bytes(RTA_GATEWAY, std::as_bytes(r.gateway->octets()));
        if (r.source) m.bytes(RTA_PREFSRC, std::as_bytes(r.source->octets()));
    }

    [[nodiscard]] static std::optional<FakeAddress> read_address(const nlmsghdr& request)
    {
        const auto body = netlink::body_of<ifaddrmsg>(request);
        if (!body) return std::nullopt;
        FakeAddress a{.link = body->ifa_index, .scope = body->ifa_scope};
        a.address.length = body->ifa_prefixlen;
        for (const auto attribute : netlink::attributes_of(request, sizeof(ifaddrmsg))) {
            if (attribute.type == IFA_LOCAL) a.address.address = address_in(attribute).value_or(IpAddress{});
            if (attribute.type == IFA_PROTO) a.protocol = attribute.get<std::uint8_t>().value_or(0);
            if (attribute.type == IFA_FLAGS) a.flags = attribute.get<std::uint32_t>().value_or(0);
        }
        return a;
    }

    [[nodiscard]] static std::optional<FakeRoute> read_route(const nlmsghdr& request)
    {
        const auto body = netlink::body_of<rtmsg>(request);
        if (!body || (body->rtm_family != AF_INET && body->rtm_family != AF_INET6)) return std::nullopt;
        FakeRoute r{.destination = {IpAddress::any(body->rtm_family == AF_INET ? Family::V4 : Family::V6), 0},
                    .type = body->rtm_type,
                    .protocol = body->rtm_protocol,
                    .scope = body->rtm_scope,
                    .tos = body->rtm_tos,
                    .flags = body->rtm_flags,
                    .table = body->rtm_table};
        r.destination.length = body->rtm_dst_len;
        for (const auto attribute : netlink::attributes_of(request, sizeof(rtmsg))) {
            if (attribute.type == RTA_DST) r.destination.address = address_in(attribute).value_or(IpAddress{});
            if (attribute.type == RTA_PRIORITY) r.metric = attribute.get<std::uint32_t>().value_or(0);
            if (attribute.type == RTA_TABLE) r.table = attribute.get<std::uint32_t>().value_or(0);
            if (attribute.type == RTA_OIF) r.link = attribute.get<std::uint32_t>().value_or(0);
            if (attribute.type == RTA_GATEWAY) r.gateway = address_in(attribute);
            if (attribute.type == RTA_PREFSRC) r.source = address_in(attribute);
        }
        return r;
    }

private:
    static bool same(const FakeAddress& a, const FakeAddress& b)
    {
        const bool v4 = a.address.address.family == Family::V4;
        return a.link == b.link && a.address.address == b.address.address &&
               (!v4 || a.address.length == b.address.length);
    }
    static bool same(const FakeRoute& a, const FakeRoute& b)
    {
        return a.table == b.table && a.destination == b.destination && a.metric == b.metric && a.tos == b.tos;
    }

    int check(const FakeRoute& route, Links& links) const
    {
        if (route.type != RTN_UNICAST) return 0;
        const auto* link = links.find(route.link);
        if (!link) return -ENODEV;
        if (!link->up) return -ENETDOWN;
        if (route.source &&
            std::ranges::none_of(addresses, [&](const auto& a) { return a.address.address == *route.source; }))
            return -EINVAL;
        if (!route.gateway || (route.flags & RTNH_F_ONLINK)) return 0;
        const bool reached = std::ranges::any_of(routes, [&](const FakeRoute& r) {
            return r.link == route.link && !r.gateway && r.destination.contains(*route.gateway);
        });
        if (reached) return 0;
        return route.destination.family() == Family::V4 ? -ENETUNREACH : -EHOSTUNREACH;
    }

    void connect(const FakeAddress& a)
    {
        const auto family = a.address.address.family;
        if (family == Family::V4 && a.address.length == 32) return;
        routes.push_back({.destination = a.address.network(),
                          .metric = family == Family::V4 ? 0u : 256u,
                          .scope = family == Family::V4 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE,
                          .link = a.link,
                          .source = family == Family::V4 ? std::optional{a.address.address} : std::nullopt});
    }
};

} // namespace linkspan::fake
