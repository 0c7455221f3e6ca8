#include "egress/sessions.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

namespace linkspan::egress {
namespace {

void put_session(netlink::Message& message)
{
    message.reset(NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW, 0);
    message.body<nfgenmsg>();
    message.nest(CTA_TUPLE_ORIG, [](netlink::Message& tuple) {
        tuple.nest(CTA_TUPLE_IP, [](netlink::Message& ip) {
            ip.bytes(CTA_IP_V4_SRC, std::as_bytes(IpAddress::parse("10.1.0.10")->octets()));
            ip.bytes(CTA_IP_V4_DST, std::as_bytes(IpAddress::parse("192.0.2.7")->octets()));
        });
        tuple.nest(CTA_TUPLE_PROTO, [](netlink::Message& proto) {
            proto.pod(CTA_PROTO_NUM, std::uint8_t{6});
            proto.pod(CTA_PROTO_SRC_PORT, htons(40'000)).pod(CTA_PROTO_DST_PORT, htons(443));
        });
    });
    message.pod(CTA_MARK, htonl(0x1000'0007));
}

TEST(Sessions, AreReadInTheDirectionTheyBegan)
{
    netlink::Message message;
    put_session(message);
    const auto session = decode_session(message.header());
    ASSERT_TRUE(session);
    EXPECT_EQ(session->wanted.client.text(), "10.1.0.10");
    EXPECT_EQ(session->wanted.address.text(), "192.0.2.7");
    EXPECT_EQ(session->wanted.ip_protocol, 6);
    EXPECT_EQ(session->wanted.port, 443);
    EXPECT_EQ(session->mark, 0x1000'0007U);
}

TEST(Sessions, AreKnownToTheKernelByWhatItTold)
{
    netlink::Message told, change;
    put_session(told);
    encode_mark(*decode_session(told.header()), {0x3000'0000, 0x3000'0000}, change);
    ASSERT_TRUE(change.ok());
    const auto again = decode_session(change.header());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->wanted.port, 443);
    EXPECT_EQ(again->mark, 0x3000'0000U);
}

} // namespace
} // namespace linkspan::egress
