#include "egress/queue_codec.h"

#include "netlink/attributes.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <sys/socket.h>

namespace linkspan::egress {
namespace {

using netlink::Message;

constexpr std::uint32_t whole_packet = 0xffff; ///< copied; more the kernel does not give

constexpr std::uint16_t queue_type(nfqnl_msg_types type)
{
    return static_cast<std::uint16_t>(NFNL_SUBSYS_QUEUE << 8 | type);
}
constexpr std::uint16_t log_type(nfulnl_msg_types type)
{
    return static_cast<std::uint16_t>(NFNL_SUBSYS_ULOG << 8 | type);
}

void start(Message& message, std::uint16_t type, std::uint16_t number)
{
    message.reset(type, 0);
    auto& body = message.body<nfgenmsg>();
    body.nfgen_family = AF_UNSPEC;
    body.version = NFNETLINK_V0;
    body.res_id = htons(number);
}

std::optional<std::span<const std::uint8_t>> payload_in(const netlink::Attribute& attribute)
{
    const auto& bytes = attribute.payload;
    return std::span{reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

std::uint32_t number_of(Fate fate)
{
    switch (fate) {
    case Fate::Accept: return NF_ACCEPT;
    case Fate::Drop: return NF_DROP;
    case Fate::Repeat: return NF_REPEAT;
    }
    return NF_DROP;
}

} // namespace

void encode_queue_bind(std::uint16_t number, Message& message)
{
    start(message, queue_type(NFQNL_MSG_CONFIG), number);
    nfqnl_msg_config_cmd command{};
    command.command = NFQNL_CFG_CMD_BIND;
    message.pod(NFQA_CFG_CMD, command);
}

/// GSO: what the host has put together comes in one piece, which is one look instead of forty.
void encode_queue_settings(const QueueSettings& settings, Message& message)
{
    start(message, queue_type(NFQNL_MSG_CONFIG), settings.number);
    nfqnl_msg_config_params params{};
    params.copy_range = htonl(whole_packet);
    params.copy_mode = NFQNL_COPY_PACKET;
    message.pod(NFQA_CFG_PARAMS, params);
    message.pod(NFQA_CFG_QUEUE_MAXLEN, htonl(settings.longest));
    const std::uint32_t flags = NFQA_CFG_F_GSO | (settings.fail_open ? NFQA_CFG_F_FAIL_OPEN : 0U);
    message.pod(NFQA_CFG_FLAGS, htonl(flags));
    message.pod(NFQA_CFG_MASK, htonl(NFQA_CFG_F_GSO | NFQA_CFG_F_FAIL_OPEN));
}

void encode_verdict(std::uint16_t number, const Verdict& verdict, Message& message)
{
    start(message, queue_type(NFQNL_MSG_VERDICT), number);
    nfqnl_msg_verdict_hdr header{};
    header.verdict = htonl(number_of(verdict.fate));
    header.id = htonl(verdict.packet);
    message.pod(NFQA_VERDICT_HDR, header);
    if (!verdict.mark) return;
    message.nest(NFQA_CT, [&](Message& ct) {
        ct.pod(CTA_MARK, htonl(verdict.mark->value));
        ct.pod(CTA_MARK_MASK, htonl(verdict.mark->mask));
    });
}

std::optional<QueuedPacket> decode_queued(const nlmsghdr& message)
{
    if (message.nlmsg_type != queue_type(NFQNL_MSG_PACKET)) return std::nullopt;
    std::optional<QueuedPacket> packet;
    std::span<const std::uint8_t> bytes;
    for (const auto attribute : netlink::attributes_of(message, sizeof(nfgenmsg))) {
        if (attribute.type == NFQA_PACKET_HDR)
            if (const auto header = attribute.get<nfqnl_msg_packet_hdr>()) packet = {ntohl(header->packet_id), {}};
        if (attribute.type == NFQA_PAYLOAD) bytes = *payload_in(attribute);
    }
    if (packet) packet->bytes = bytes;
    return packet;
}

void encode_log_bind(std::uint16_t group, Message& message)
{
    start(message, log_type(NFULNL_MSG_CONFIG), group);
    nfulnl_msg_config_cmd command{};
    command.command = NFULNL_CFG_CMD_BIND;
    message.pod(NFULA_CFG_CMD, command);
}

/// One packet a message, sent at once: many together wait for each other.
void encode_log_settings(std::uint16_t group, std::uint32_t copied, Message& message)
{
    start(message, log_type(NFULNL_MSG_CONFIG), group);
    nfulnl_msg_config_mode mode{};
    mode.copy_range = htonl(copied);
    mode.copy_mode = NFULNL_COPY_PACKET;
    message.pod(NFULA_CFG_MODE, mode);
    message.pod(NFULA_CFG_QTHRESH, htonl(1));
}

std::optional<std::span<const std::uint8_t>> decode_logged(const nlmsghdr& message)
{
    if (message.nlmsg_type != log_type(NFULNL_MSG_PACKET)) return std::nullopt;
    for (const auto attribute : netlink::attributes_of(message, sizeof(nfgenmsg)))
        if (attribute.type == NFULA_PAYLOAD) return payload_in(attribute);
    return std::nullopt;
}

} // namespace linkspan::egress
