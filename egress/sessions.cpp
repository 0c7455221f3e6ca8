#include "egress/sessions.h"

#include "netlink/attributes.h"

#include <algorithm>
#include <arpa/inet.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

namespace linkspan::egress {
namespace {

using netlink::Attribute;
using netlink::Message;

void start(Message& message, cntl_msg_types type, int family)
{
    message.reset(static_cast<std::uint16_t>(NFNL_SUBSYS_CTNETLINK << 8 | type), 0);
    auto& body = message.body<nfgenmsg>();
    body.nfgen_family = static_cast<std::uint8_t>(family);
    body.version = NFNETLINK_V0;
}

IpAddress address_in(const Attribute& attribute)
{
    const auto& bytes = attribute.payload;
    return IpAddress::from_bytes({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

void read_tuple(const Attribute& tuple, Wanted& wanted)
{
    for (const auto part : tuple.nested())
        for (const auto field : part.nested()) {
            const bool ip = part.type == CTA_TUPLE_IP;
            if (ip && (field.type == CTA_IP_V4_SRC || field.type == CTA_IP_V6_SRC)) wanted.client = address_in(field);
            if (ip && (field.type == CTA_IP_V4_DST || field.type == CTA_IP_V6_DST)) wanted.address = address_in(field);
            if (ip) continue;
            if (field.type == CTA_PROTO_NUM) wanted.ip_protocol = field.get<std::uint8_t>().value_or(0);
            if (field.type == CTA_PROTO_DST_PORT) wanted.port = ntohs(field.get<std::uint16_t>().value_or(0));
        }
}

} // namespace

/// The kernel picks those whose mark is `with.value` under `with.mask`, of both families: each time it walks through all of its
/// table, which takes milliseconds where that is empty, too.
void encode_sessions(MarkChange with, Message& message)
{
    start(message, IPCTNL_MSG_CT_GET, AF_UNSPEC);
    message.pod(CTA_MARK, htonl(with.value));
    message.pod(CTA_MARK_MASK, htonl(with.mask));
}

std::optional<Session> decode_session(const nlmsghdr& message)
{
    if (message.nlmsg_type != (NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW)) return std::nullopt;
    Session session;
    for (const auto attribute : netlink::attributes_of(message, sizeof(nfgenmsg))) {
        if (attribute.type == CTA_MARK) session.mark = ntohl(attribute.get<std::uint32_t>().value_or(0));
        if (attribute.type == CTA_ZONE) session.zone = ntohs(attribute.get<std::uint16_t>().value_or(0));
        if (attribute.type != CTA_TUPLE_ORIG) continue;
        read_tuple(attribute, session.wanted);
        session.tuple.assign(attribute.payload.begin(), attribute.payload.end());
    }
    return session.tuple.empty() ? std::nullopt : std::optional{std::move(session)};
}

void encode_mark(const Session& session, MarkChange mark, Message& message)
{
    start(message, IPCTNL_MSG_CT_NEW, address_family(session.wanted.client.family));
    constexpr std::uint16_t nested = NLA_F_NESTED;
    message.bytes(static_cast<std::uint16_t>(CTA_TUPLE_ORIG | nested), session.tuple);
    if (session.zone) message.pod(CTA_ZONE, htons(*session.zone));
    message.pod(CTA_MARK, htonl(mark.value));
    message.pod(CTA_MARK_MASK, htonl(mark.mask));
}

Result<std::size_t> revoke(netlink::Socket& socket, std::uint32_t open, MarkChange mark,
                           const std::function<bool(const Wanted&)>& may_go_on)
{
    std::vector<Session> ending;
    Message question;
    encode_sessions({open, open}, question);
    TRY(socket.dump(question, "read sessions", [&](const nlmsghdr& message) {
        auto session = decode_session(message);
        if (!session || (session->mark & open) != open || may_go_on(session->wanted)) return;
        ending.push_back(*std::move(session));
    }));
    const netlink::Requests requests{
        ending.size(), [&](std::size_t i, Message& message) { encode_mark(ending[i], mark, message); },
        [&](std::size_t i) { return "end a session to " + ending[i].wanted.address.text(); }};
    for (const auto& done : socket.request_all(requests))
        if (!done && done.error().kind != Kind::NotFound) return std::unexpected(done.error());
    return ending.size();
}

} // namespace linkspan::egress
