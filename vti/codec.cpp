#include "vti/codec.h"

#include "netlink/attributes.h"
#include "vti/sysctl.h"

#include <arpa/inet.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/if_tunnel.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>

namespace linkspan::vti {
namespace {

using netlink::Attributes;
using netlink::Message;

std::optional<LinkKind> kind_of_name(std::string_view name)
{
    for (auto kind : {LinkKind::Vti, LinkKind::Vti6, LinkKind::Xfrm})
        if (name == kind_name(kind)) return kind;
    return std::nullopt;
}

/// IFLA_INFO_DATA. VTI keys are big-endian on the wire, the XFRM interface's if_id is not.
void put_kind_data(Message& m, const Spec& spec)
{
    if (spec.kind == LinkKind::Xfrm) {
        m.pod(IFLA_XFRM_IF_ID, spec.if_id.value);
        return;
    }
    m.pod(IFLA_VTI_IKEY, htonl(spec.key.value)).pod(IFLA_VTI_OKEY, htonl(spec.key.value));
    m.bytes(IFLA_VTI_LOCAL, std::as_bytes(spec.local.octets()));
    m.bytes(IFLA_VTI_REMOTE, std::as_bytes(spec.remote.octets()));
}

void begin(Message& m, std::uint16_t type, std::uint16_t flags, const LinkName& name)
{
    m.reset(type, flags);
    m.body<ifinfomsg>();
    m.text(IFLA_IFNAME, name.value);
}

IpAddress address_of(std::span<const std::byte> payload)
{
    return IpAddress::from_bytes({reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()});
}

void decode_kind_data(Attributes data, Spec& spec)
{
    std::uint32_t ikey = 0, okey = 0;
    for (const auto attribute : data) {
        if (spec.kind == LinkKind::Xfrm) {
            if (attribute.type == IFLA_XFRM_IF_ID) spec.if_id = {attribute.get<std::uint32_t>().value_or(0)};
            continue;
        }
        switch (attribute.type) {
        case IFLA_VTI_IKEY: ikey = ntohl(attribute.get<std::uint32_t>().value_or(0)); break;
        case IFLA_VTI_OKEY: okey = ntohl(attribute.get<std::uint32_t>().value_or(0)); break;
        case IFLA_VTI_LOCAL: spec.local = address_of(attribute.payload); break;
        case IFLA_VTI_REMOTE: spec.remote = address_of(attribute.payload); break;
        default: break;
        }
    }
    if (ikey == okey) spec.key = {ikey}; // two keys are no link of ours: 0 differs from every key that is wanted
}

/// The parts of a link's message that are only understood together.
struct Raw {
    std::string_view kind = {}, alias = {};
    std::uint32_t group = 0;
    Attributes kind_data = {};
    std::span<const std::byte> ipv4 = {}, ipv6 = {}; ///< devconf arrays
};

void read_linkinfo(Attributes info, Raw& raw)
{
    for (const auto attribute : info) {
        if (attribute.type == IFLA_INFO_KIND) raw.kind = attribute.text();
        if (attribute.type == IFLA_INFO_DATA) raw.kind_data = attribute.nested();
    }
}

void read_af_spec(Attributes families, Raw& raw)
{
    for (const auto family : families)
        for (const auto attribute : family.nested()) {
            if (family.type == AF_INET && attribute.type == IFLA_INET_CONF) raw.ipv4 = attribute.payload;
            if (family.type == AF_INET6 && attribute.type == IFLA_INET6_CONF) raw.ipv6 = attribute.payload;
        }
}

/// Fills `link.ours` and `link.tunnel`, for kinds that could be ours.
void recognise(const Raw& raw, const LinkName& name, Link& link)
{
    const auto kind = kind_of_name(raw.kind);
    if (!kind) return;
    Spec spec{.name = name, .kind = *kind, .mtu = link.mtu};
    decode_kind_data(raw.kind_data, spec);
    const bool tagged = raw.alias.starts_with(link_alias_tag);
    link.ours = raw.group == link_group || tagged;
    if (tagged) spec.connection = {std::string{raw.alias.substr(link_alias_tag.size())}};
    if (link.ours) spec.faults = {!link.up, raw.group != link_group, !sysctls_hold(spec.kind, raw.ipv4, raw.ipv6)};
    link.tunnel = std::move(spec);
}

} // namespace

std::string_view kind_name(LinkKind kind)
{
    switch (kind) {
    case LinkKind::Vti: return "vti";
    case LinkKind::Vti6: return "vti6";
    case LinkKind::Xfrm: return "xfrm";
    }
    return {};
}

void encode_create(Message& m, const Spec& spec)
{
    begin(m, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, spec.name);
    m.pod(IFLA_MTU, spec.mtu).pod(IFLA_GROUP, link_group);
    m.nest(IFLA_LINKINFO, [&](Message& info) {
        info.text(IFLA_INFO_KIND, kind_name(spec.kind));
        info.nest(IFLA_INFO_DATA, [&](Message& data) { put_kind_data(data, spec); });
    });
}

void encode_settings(Message& m, const Spec& spec)
{
    begin(m, RTM_SETLINK, 0, spec.name);
    const std::string alias = std::string{link_alias_tag} + spec.connection.value;
    m.pod(IFLA_MTU, spec.mtu).pod(IFLA_GROUP, link_group);
    m.bytes(IFLA_IFALIAS, std::as_bytes(std::span{alias})); // its length is the alias: no NUL
    if (!skips_second_policy_check(spec.kind)) return;
    m.nest(IFLA_AF_SPEC, [](Message& spec_of) {
        spec_of.nest(AF_INET, [](Message& inet) {
            inet.nest(IFLA_INET_CONF, [](Message& conf) { conf.pod(IPV4_DEVCONF_NOPOLICY, std::uint32_t{1}); });
        });
    });
}

void encode_ipv6_settings(Message& m, const LinkName& name)
{
    begin(m, RTM_SETLINK, 0, name);
    m.nest(IFLA_AF_SPEC, [](Message& spec_of) {
        spec_of.nest(AF_INET6,
                     [](Message& inet6) { inet6.pod(IFLA_INET6_ADDR_GEN_MODE, std::uint8_t{IN6_ADDR_GEN_MODE_NONE}); });
    });
}

void encode_up(Message& m, const LinkName& name)
{
    m.reset(RTM_SETLINK, 0);
    auto& body = m.body<ifinfomsg>();
    body.ifi_flags = body.ifi_change = IFF_UP;
    m.text(IFLA_IFNAME, name.value);
}

void encode_delete(Message& m, const LinkName& name)
{
    begin(m, RTM_DELLINK, 0, name);
}

void encode_dump(Message& m)
{
    m.reset(RTM_GETLINK, 0);
    m.body<ifinfomsg>();
    m.pod(IFLA_EXT_MASK, std::uint32_t{RTEXT_FILTER_SKIP_STATS});
}

void encode_get(Message& m, const LinkName& name)
{
    begin(m, RTM_GETLINK, 0, name);
    m.pod(IFLA_EXT_MASK, std::uint32_t{RTEXT_FILTER_SKIP_STATS});
}

std::optional<std::pair<LinkName, Link>> decode(const nlmsghdr& message)
{
    const auto body = netlink::body_of<ifinfomsg>(message);
    if (message.nlmsg_type != RTM_NEWLINK || !body) return std::nullopt;
    LinkName name;
    Link link{.index = {static_cast<std::uint32_t>(body->ifi_index)}, .up = (body->ifi_flags & IFF_UP) != 0};
    Raw raw;
    for (const auto attribute : netlink::attributes_of(message, sizeof(ifinfomsg))) {
        switch (attribute.type) {
        case IFLA_IFNAME: name.value = attribute.text(); break;
        case IFLA_MTU: link.mtu = attribute.get<std::uint32_t>().value_or(0); break;
        case IFLA_IFALIAS: raw.alias = attribute.text(); break;
        case IFLA_GROUP: raw.group = attribute.get<std::uint32_t>().value_or(0); break;
        case IFLA_LINKINFO: read_linkinfo(attribute.nested(), raw); break;
        case IFLA_AF_SPEC: read_af_spec(attribute.nested(), raw); break;
        default: break;
        }
    }
    if (name.value.empty()) return std::nullopt;
    link.kind = raw.kind;
    recognise(raw, name, link);
    return std::pair{std::move(name), std::move(link)};
}

} // namespace linkspan::vti
