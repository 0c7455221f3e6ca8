#include "route/codec.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace linkspan::route {
namespace {

ifaddrmsg& begin(netlink::Message& m, std::uint16_t type, std::uint16_t flags, const AddressSpec& spec, IfIndex link)
{
    m.reset(type, flags);
    auto& body = m.body<ifaddrmsg>();
    body.ifa_family = static_cast<std::uint8_t>(address_family(spec.address.address.family));
    body.ifa_prefixlen = spec.address.length;
    body.ifa_index = link.value;
    const auto octets = std::as_bytes(spec.address.address.octets());
    m.bytes(IFA_LOCAL, octets).bytes(IFA_ADDRESS, octets);
    return body;
}

} // namespace

void encode_create(netlink::Message& m, const AddressSpec& spec, IfIndex link)
{
    begin(m, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, spec, link);
    m.pod(IFA_PROTO, route_protocol);
    // A tunnel has two ends and no neighbours: nobody can hold the address already, so nothing has to wait for that.
    if (spec.address.address.family == Family::V6) m.pod(IFA_FLAGS, std::uint32_t{IFA_F_NODAD});
}

void encode_delete(netlink::Message& m, const AddressSpec& spec, IfIndex link)
{
    begin(m, RTM_DELADDR, 0, spec, link);
}

void encode_dump(netlink::Message& m, const AddressFilter& filter)
{
    m.reset(RTM_GETADDR, 0);
    auto& body = m.body<ifaddrmsg>();
    body.ifa_family = static_cast<std::uint8_t>(address_family(filter.family));
    body.ifa_index = filter.link.value;
}

std::optional<RawAddress> decode_address(const nlmsghdr& message)
{
    const auto body = netlink::body_of<ifaddrmsg>(message);
    if (message.nlmsg_type != RTM_NEWADDR || !body) return std::nullopt;
    RawAddress raw{.link = {body->ifa_index}, .global = body->ifa_scope == RT_SCOPE_UNIVERSE};
    std::span<const std::byte> local, address;
    std::uint32_t flags = body->ifa_flags;
    for (const auto attribute : netlink::attributes_of(message, sizeof(ifaddrmsg))) {
        switch (attribute.type) {
        case IFA_LOCAL: local = attribute.payload; break;
        case IFA_ADDRESS: address = attribute.payload; break; // the other end, where there is an IFA_LOCAL
        case IFA_FLAGS: flags = attribute.get<std::uint32_t>().value_or(flags); break;
        case IFA_PROTO: raw.protocol = attribute.get<std::uint8_t>().value_or(0); break;
        default: break;
        }
    }
    const auto own = local.empty() ? address : local;
    if (own.size() != (body->ifa_family == AF_INET ? 4 : 16)) return std::nullopt;
    raw.address = {IpAddress::from_bytes({reinterpret_cast<const std::uint8_t*>(own.data()), own.size()}),
                   body->ifa_prefixlen};
    raw.usable = (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED | IFA_F_DEPRECATED)) == 0;
    return raw;
}

} // namespace linkspan::route
