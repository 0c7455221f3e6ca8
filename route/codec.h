#pragma once

#include "netlink/attributes.h"
#include "netlink/message.h"
#include "route/observed.h"

#include <optional>

namespace linkspan::route {

void encode_create(netlink::Message& message, const AddressSpec& spec, IfIndex link);
void encode_delete(netlink::Message& message, const AddressSpec& spec, IfIndex link);

/// `link` is 0 for an unreachable route. `in_place` replaces the route of the same key without a gap; without it the
/// kernel refuses where there is one.
void encode_put(netlink::Message& message, const RouteSpec& spec, IfIndex link, bool in_place);
/// Matches routes of ours only, whatever they point to now.
void encode_delete(netlink::Message& message, const RouteSpec& spec);

/// Which of the kernel's objects a dump should hold; it filters, for our sockets ask for strict checking.
struct AddressFilter {
    Family family = Family::V4;
    IfIndex link = {}; ///< 0: all
};
struct RouteFilter {
    Family family = Family::V4;
    bool only_ours = false;
    std::uint32_t table = main_table;
    IfIndex link = {};        ///< 0: all
    bool unreachable = false; ///< only those
};
void encode_dump(netlink::Message& message, const AddressFilter& filter);
void encode_dump(netlink::Message& message, const RouteFilter& filter);

/// An address as the kernel tells it.
struct RawAddress {
    IfIndex link = {};
    IpInterface address = {};
    std::uint8_t protocol = 0; ///< IFA_PROTO; 0 before Linux 5.18
    bool global = false;
    bool usable = false;
};
[[nodiscard]] std::optional<RawAddress> decode_address(const nlmsghdr& message);

struct RawHop {
    IfIndex link = {};
    std::optional<IpAddress> gateway = {};
    bool dead = false;
};

/// A route of the main table, or one beside it, as the kernel tells it. `multipath` views the message.
struct RawRoute {
    RouteKey key = {};
    std::uint8_t type = 0, protocol = 0, tos = 0;
    RawHop hop = {}; ///< of a route with one
    std::optional<IpAddress> source = {};
    std::uint32_t mtu = 0;
    std::span<const std::byte> multipath = {}; ///< rtnexthop records; empty where there is one hop

    [[nodiscard]] bool ours() const;
    /// Of ours; the link's name is for the caller to fill in.
    [[nodiscard]] RouteSpec spec() const;
};
/// Nothing for other tables, for types that are not a person's (local, broadcast, ...) and for cached routes.
[[nodiscard]] std::optional<RawRoute> decode_route(const nlmsghdr& message);
[[nodiscard]] std::vector<RawHop> decode_hops(const RawRoute& route);

} // namespace linkspan::route
