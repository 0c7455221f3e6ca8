#include "nft/flow.h"

#include "netlink/attributes.h"

#include <arpa/inet.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>

#include <tuple>
#include <utility>

namespace linkspan::nft {
namespace {

using netlink::Attribute;
using netlink::Message;
using Ends = std::pair<Flow::End, Flow::End>; ///< source, destination

constexpr std::uint8_t liberal_flag = IP_CT_TCP_FLAG_BE_LIBERAL;
/// What the kernel lets us say of a session's status; of the rest it wants to hear what it has already, or nothing.
constexpr std::uint32_t seen = IPS_SEEN_REPLY | IPS_ASSURED;

constexpr std::uint16_t type_of(cntl_msg_types type)
{
    return static_cast<std::uint16_t>(NFNL_SUBSYS_CTNETLINK << 8 | type);
}

std::uint32_t word_in(const Attribute& attribute)
{
    return ntohl(attribute.get<std::uint32_t>().value_or(0));
}

std::uint16_t half_in(const Attribute& attribute)
{
    return ntohs(attribute.get<std::uint16_t>().value_or(0));
}

IpAddress address_in(const Attribute& attribute)
{
    const auto& bytes = attribute.payload;
    return IpAddress::from_bytes({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

void read_tuple(const Attribute& tuple, Ends& ends, std::uint8_t& protocol)
{
    for (const auto part : tuple.nested())
        for (const auto field : part.nested()) {
            if (part.type == CTA_TUPLE_IP) {
                if (field.type == CTA_IP_V4_SRC || field.type == CTA_IP_V6_SRC) ends.first.address = address_in(field);
                if (field.type == CTA_IP_V4_DST || field.type == CTA_IP_V6_DST) ends.second.address = address_in(field);
            } else if (part.type == CTA_TUPLE_PROTO) {
                if (field.type == CTA_PROTO_NUM) protocol = field.get<std::uint8_t>().value_or(0);
                if (field.type == CTA_PROTO_SRC_PORT) ends.first.port = half_in(field);
                if (field.type == CTA_PROTO_DST_PORT) ends.second.port = half_in(field);
            }
        }
}

void read_tcp(const Attribute& info, Flow& flow)
{
    for (const auto protocol : info.nested()) {
        if (protocol.type != CTA_PROTOINFO_TCP) continue;
        for (const auto field : protocol.nested()) {
            const auto byte = field.get<std::uint8_t>().value_or(0);
            if (field.type == CTA_PROTOINFO_TCP_STATE) flow.tcp_state = byte;
            if (field.type == CTA_PROTOINFO_TCP_FLAGS_ORIGINAL) flow.tcp_flags = byte;
            if (field.type == CTA_PROTOINFO_TCP_FLAGS_REPLY) flow.tcp_answers = byte;
        }
    }
}

constexpr std::uint16_t nested(int type)
{
    return static_cast<std::uint16_t>(type | NLA_F_NESTED);
}

void put_tuple(Message& message, int type, const Flow::End& from, const Flow::End& to, std::uint8_t protocol)
{
    const bool v4 = from.address.family == Family::V4;
    message.nest(nested(type), [&](Message& tuple) {
        tuple.nest(nested(CTA_TUPLE_IP), [&](Message& ip) {
            ip.bytes(v4 ? CTA_IP_V4_SRC : CTA_IP_V6_SRC, std::as_bytes(from.address.octets()));
            ip.bytes(v4 ? CTA_IP_V4_DST : CTA_IP_V6_DST, std::as_bytes(to.address.octets()));
        });
        tuple.nest(nested(CTA_TUPLE_PROTO), [&](Message& proto) {
            proto.pod(CTA_PROTO_NUM, protocol);
            proto.pod(CTA_PROTO_SRC_PORT, htons(from.port));
            proto.pod(CTA_PROTO_DST_PORT, htons(to.port));
        });
    });
}

void put_translation(Message& message, int type, const Flow::End& end)
{
    const bool v4 = end.address.family == Family::V4;
    message.nest(nested(type), [&](Message& nat) {
        nat.bytes(v4 ? CTA_NAT_V4_MINIP : CTA_NAT_V6_MINIP, std::as_bytes(end.address.octets()));
        nat.bytes(v4 ? CTA_NAT_V4_MAXIP : CTA_NAT_V6_MAXIP, std::as_bytes(end.address.octets()));
        nat.nest(nested(CTA_NAT_PROTO), [&](Message& port) {
            port.pod(CTA_PROTONAT_PORT_MIN, htons(end.port));
            port.pod(CTA_PROTONAT_PORT_MAX, htons(end.port));
        });
    });
}

void put_tcp(Message& message, const Flow& flow)
{
    if (flow.protocol != IPPROTO_TCP || flow.tcp_state == 0) return;
    const auto liberal = [](std::uint8_t flags) {
        return nf_ct_tcp_flags{static_cast<std::uint8_t>(flags | liberal_flag), 0xff};
    };
    message.nest(nested(CTA_PROTOINFO), [&](Message& info) {
        info.nest(nested(CTA_PROTOINFO_TCP), [&](Message& tcp) {
            tcp.pod(CTA_PROTOINFO_TCP_STATE, flow.tcp_state);
            tcp.pod(CTA_PROTOINFO_TCP_FLAGS_ORIGINAL, liberal(flow.tcp_flags));
            tcp.pod(CTA_PROTOINFO_TCP_FLAGS_REPLY, liberal(flow.tcp_answers));
        });
    });
}

void start_bare(Message& message, cntl_msg_types type, std::uint16_t flags, const Flow& flow)
{
    message.reset(type_of(type), flags);
    auto& body = message.body<nfgenmsg>();
    body.nfgen_family = static_cast<std::uint8_t>(address_family(flow.source.address.family));
    body.version = NFNETLINK_V0;
    if (flow.zone != 0) message.pod(CTA_ZONE, htons(flow.zone));
}

void start(Message& message, cntl_msg_types type, std::uint16_t flags, const Flow& flow)
{
    start_bare(message, type, flags, flow);
    put_tuple(message, CTA_TUPLE_ORIG, flow.source, flow.destination, flow.protocol);
}

void put_state(Message& message, const Flow& flow)
{
    message.pod(CTA_TIMEOUT, htonl(flow.left)).pod(CTA_MARK, htonl(flow.mark));
    put_tcp(message, flow);
}

void put_status(Message& message, const Flow& flow)
{
    message.pod(CTA_STATUS, htonl((flow.status & seen) | IPS_CONFIRMED));
}

} // namespace

std::optional<FlowNews> decode_flow(const nlmsghdr& message)
{
    const bool gone = message.nlmsg_type == type_of(IPCTNL_MSG_CT_DELETE);
    if (!gone && message.nlmsg_type != type_of(IPCTNL_MSG_CT_NEW)) return {};
    FlowNews news{.gone = gone};
    auto& flow = news.flow;
    Ends first, answer;
    std::uint8_t answered = 0;
    for (const auto attribute : netlink::attributes_of(message, sizeof(nfgenmsg))) {
        switch (attribute.type) {
        case CTA_TUPLE_ORIG: read_tuple(attribute, first, flow.protocol); break;
        case CTA_TUPLE_REPLY: read_tuple(attribute, answer, answered); break;
        case CTA_ZONE: flow.zone = half_in(attribute); break;
        case CTA_STATUS: flow.status = word_in(attribute); break;
        case CTA_MARK: flow.mark = word_in(attribute); break;
        case CTA_TIMEOUT: flow.left = word_in(attribute); break;
        case CTA_PROTOINFO: read_tcp(attribute, flow); break;
        default: break;
        }
    }
    if ((flow.protocol != IPPROTO_TCP && flow.protocol != IPPROTO_UDP) || flow.protocol != answered) return {};
    std::tie(flow.source, flow.destination) = first;
    std::tie(flow.answers_from, flow.answers_to) = answer;
    return news;
}

void encode_get_flows(Message& message)
{
    message.reset(type_of(IPCTNL_MSG_CT_GET), 0);
    message.body<nfgenmsg>().version = NFNETLINK_V0;
}

void encode_get_flow(const Flow& flow, Message& message)
{
    start(message, IPCTNL_MSG_CT_GET, 0, flow);
}

void encode_update(const Flow& flow, bool with_status, Message& message)
{
    start(message, IPCTNL_MSG_CT_NEW, 0, flow);
    if (with_status) put_status(message, flow);
    put_state(message, flow);
}

void encode_loose(const Flow& flow, Message& message)
{
    start(message, IPCTNL_MSG_CT_NEW, 0, flow);
    constexpr nf_ct_tcp_flags loose{liberal_flag, liberal_flag};
    message.nest(nested(CTA_PROTOINFO), [&](Message& info) {
        info.nest(nested(CTA_PROTOINFO_TCP), [&](Message& tcp) {
            tcp.pod(CTA_PROTOINFO_TCP_FLAGS_ORIGINAL, loose);
            tcp.pod(CTA_PROTOINFO_TCP_FLAGS_REPLY, loose);
        });
    });
}

void encode_create(const Flow& flow, Message& message)
{
    start(message, IPCTNL_MSG_CT_NEW, NLM_F_CREATE | NLM_F_EXCL, flow);
    put_tuple(message, CTA_TUPLE_REPLY, flow.destination, flow.source, flow.protocol);
    if (flow.answers_to != flow.source) put_translation(message, CTA_NAT_SRC, flow.answers_to);
    if (flow.answers_from != flow.destination) put_translation(message, CTA_NAT_DST, flow.answers_from);
    put_status(message, flow);
    put_state(message, flow);
}

void encode_end(const Flow& flow, Message& message)
{
    start(message, IPCTNL_MSG_CT_DELETE, 0, flow);
}

void encode_end_of_answers(const Flow& flow, Message& message)
{
    start_bare(message, IPCTNL_MSG_CT_DELETE, 0, flow);
    put_tuple(message, CTA_TUPLE_REPLY, flow.answers_from, flow.answers_to, flow.protocol);
}

bool has_state(const Flow& flow, std::uint32_t marks)
{
    return flow.is_translated() || (flow.mark & marks) != 0;
}

bool is_strict(const Flow& flow)
{
    return flow.protocol == IPPROTO_TCP && (flow.tcp_flags & flow.tcp_answers & liberal_flag) == 0;
}

} // namespace linkspan::nft
