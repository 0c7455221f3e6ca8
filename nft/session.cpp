#include "nft/session.h"

#include "netlink/attributes.h"

#include <arpa/inet.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>

#include <algorithm>

namespace linkspan::nft {
namespace {

using netlink::Attribute;

constexpr std::uint16_t type_of(cntl_msg_types type)
{
    return static_cast<std::uint16_t>(NFNL_SUBSYS_CTNETLINK << 8 | type);
}

IpAddress address_in(const Attribute& attribute)
{
    std::vector<std::uint8_t> bytes(attribute.payload.size());
    std::ranges::transform(attribute.payload, bytes.begin(),
                           [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
    return IpAddress::from_bytes(bytes);
}

std::uint16_t port_in(const Attribute& attribute)
{
    return ntohs(attribute.get<std::uint16_t>().value_or(0));
}

/// `port`: the attribute that says where the session was begun to.
FirstPacket packet_in(const Attribute& tuple, std::uint16_t port)
{
    FirstPacket packet;
    for (const auto part : tuple.nested()) {
        if (part.type == CTA_TUPLE_IP)
            for (const auto address : part.nested()) {
                if (address.type == CTA_IP_V4_SRC || address.type == CTA_IP_V6_SRC) packet.source = address_in(address);
                if (address.type == CTA_IP_V4_DST || address.type == CTA_IP_V6_DST)
                    packet.destination = address_in(address);
            }
        if (part.type == CTA_TUPLE_PROTO)
            for (const auto detail : part.nested()) {
                if (detail.type == CTA_PROTO_NUM) packet.protocol = detail.get<std::uint8_t>().value_or(0);
                if (detail.type == port) packet.port = port_in(detail);
            }
    }
    return packet;
}

const RuleSet* set_of(const Rules& rules, const IpAddress& address)
{
    for (const auto& set : rules.sets)
        if (std::ranges::any_of(set.second.remote, [&](const auto& n) { return n.contains(address); }))
            return &set.second;
    return nullptr;
}

/// The rule that counts for sessions begun here (or there); null where none does.
const MappingRule* rule_for(const RuleSet* set, bool from_here, const FirstPacket& packet)
{
    if (!set) return nullptr;
    for (const auto& rule : set->rules)
        if (rule.from_here == from_here && matches(rule, packet)) return &rule;
    return nullptr;
}

} // namespace

std::optional<Session> decode_session(const nlmsghdr& message)
{
    if (message.nlmsg_type != type_of(IPCTNL_MSG_CT_NEW)) return {};
    Session session;
    for (const auto attribute : netlink::attributes_of(message, sizeof(nfgenmsg))) {
        if (attribute.type == CTA_TUPLE_ORIG) {
            session.first = packet_in(attribute, CTA_PROTO_DST_PORT);
            session.name.assign(attribute.payload.begin(), attribute.payload.end());
        }
        if (attribute.type == CTA_TUPLE_REPLY) session.answer = packet_in(attribute, CTA_PROTO_SRC_PORT);
        if (attribute.type == CTA_ID) session.id = attribute.get<std::uint32_t>().value_or(0);
        if (attribute.type == CTA_ZONE) session.zone = attribute.get<std::uint16_t>().value_or(0);
    }
    if (session.name.empty()) return {};
    return session;
}

void encode_get_sessions(netlink::Message& message)
{
    message.reset(type_of(IPCTNL_MSG_CT_GET), 0);
    message.body<nfgenmsg>().version = NFNETLINK_V0;
}

void encode_end_session(const Session& session, netlink::Message& message)
{
    message.reset(type_of(IPCTNL_MSG_CT_DELETE), 0);
    auto& body = message.body<nfgenmsg>();
    body.nfgen_family = static_cast<std::uint8_t>(address_family(session.first.source.family));
    body.version = NFNETLINK_V0;
    message.bytes(NLA_F_NESTED | CTA_TUPLE_ORIG, session.name);
    message.pod(CTA_ID, session.id); // as the kernel told them: in network order
    if (session.zone != 0) message.pod(CTA_ZONE, session.zone);
}

bool concerns(const Session& session, const std::set<IpPrefix>& networks)
{
    return std::ranges::any_of(networks, [&](const IpPrefix& network) {
        return network.contains(session.first.source) || network.contains(session.first.destination) ||
               network.contains(session.answer.source) || network.contains(session.answer.destination);
    });
}

/// As the table's chains: of a session from one connection into another, the one that it goes into decides about its source.
bool is_stale(const Session& session, const Rules& rules)
{
    const auto &first = session.first, &answer = session.answer;
    const auto* into = set_of(rules, answer.source);
    const auto* out_of = set_of(rules, first.source);
    const auto* source = into ? rule_for(into, true, first) : rule_for(out_of, false, first);
    const auto* destination = out_of ? rule_for(out_of, false, first) : rule_for(into, true, first);
    const bool has_ports = first.protocol != IPPROTO_ICMP && first.protocol != IPPROTO_ICMPV6;
    return !makes_source(source, first.source, answer.destination) ||
           !makes_destination(destination, first.destination, has_ports ? first.port : 0, answer.source,
                              has_ports ? answer.port : 0);
}

} // namespace linkspan::nft
