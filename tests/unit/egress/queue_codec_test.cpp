#include "egress/queue_codec.h"

#include "netlink/answer.h"
#include "netlink/attributes.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>

namespace linkspan::egress {
namespace {

TEST(QueueCodec, AVerdictCarriesItsNumbersInNetworkOrder)
{
    netlink::Message message;
    encode_verdict(5300, {0x01020304, Fate::Accept, MarkChange{0x1000'0000, 0x3000'0000}}, message);
    ASSERT_TRUE(message.ok());
    const auto body = netlink::body_of<nfgenmsg>(message.header());
    EXPECT_EQ(ntohs(body->res_id), 5300);
    bool marked = false;
    for (const auto attribute : netlink::attributes_of(message.header(), sizeof(nfgenmsg))) {
        if (attribute.type == NFQA_VERDICT_HDR) {
            const auto verdict = attribute.get<nfqnl_msg_verdict_hdr>();
            EXPECT_EQ(ntohl(verdict->id), 0x01020304U);
            EXPECT_EQ(ntohl(verdict->verdict), 1U);
        }
        marked = marked || attribute.type == NFQA_CT;
    }
    EXPECT_TRUE(marked);
}

TEST(QueueCodec, APacketIsReadWithItsNumber)
{
    netlink::Message message;
    message.reset(NFNL_SUBSYS_QUEUE << 8 | NFQNL_MSG_PACKET, 0);
    message.body<nfgenmsg>();
    nfqnl_msg_packet_hdr header{};
    header.packet_id = htonl(7);
    const std::uint32_t payload = 0x45;
    message.pod(NFQA_PACKET_HDR, header).pod(NFQA_PAYLOAD, payload);
    const auto packet = decode_queued(message.header());
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->id, 7U);
    EXPECT_EQ(packet->bytes.size(), 4U);
    EXPECT_FALSE(decode_logged(message.header()));
}

} // namespace
} // namespace linkspan::egress
