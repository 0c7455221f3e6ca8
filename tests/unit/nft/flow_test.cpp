#include "nft/flow.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>

namespace linkspan::nft {
namespace {

Flow::End end(const char* address, std::uint16_t port)
{
    return {IpAddress::parse(address).value(), port};
}

void put_tuple(netlink::Message& m, std::uint16_t type, const Flow::End& from, const Flow::End& to,
               std::uint8_t protocol)
{
    m.nest(type, [&](netlink::Message& tuple) {
        tuple.nest(CTA_TUPLE_IP, [&](netlink::Message& addresses) {
            addresses.bytes(CTA_IP_V4_SRC, std::as_bytes(from.address.octets()));
            addresses.bytes(CTA_IP_V4_DST, std::as_bytes(to.address.octets()));
        });
        tuple.nest(CTA_TUPLE_PROTO, [&](netlink::Message& proto) {
            proto.pod(CTA_PROTO_NUM, protocol);
            proto.pod(CTA_PROTO_SRC_PORT, htons(from.port));
            proto.pod(CTA_PROTO_DST_PORT, htons(to.port));
        });
    });
}

/// As the kernel tells it: a session of a host's that leaves with another address.
void put(netlink::Message& message, cntl_msg_types type, std::uint8_t protocol)
{
    message.reset(static_cast<std::uint16_t>(NFNL_SUBSYS_CTNETLINK << 8 | type), 0);
    message.body<nfgenmsg>();
    put_tuple(message, CTA_TUPLE_ORIG, end("10.1.0.7", 4711), end("192.0.2.7", 443), protocol);
    put_tuple(message, CTA_TUPLE_REPLY, end("192.0.2.7", 443), end("203.0.113.10", 1024), protocol);
    message.pod(CTA_STATUS, htonl(0x19e)).pod(CTA_MARK, htonl(0x1000'0000)).pod(CTA_TIMEOUT, htonl(100));
    message.pod(CTA_ZONE, htons(5));
    message.nest(CTA_PROTOINFO, [](netlink::Message& info) {
        info.nest(CTA_PROTOINFO_TCP, [](netlink::Message& tcp) {
            tcp.pod(CTA_PROTOINFO_TCP_STATE, std::uint8_t{3});
            tcp.pod(CTA_PROTOINFO_TCP_FLAGS_ORIGINAL, std::uint16_t{htons(0x2300)});
        });
    });
}

TEST(Flow, IsReadAsTheKernelTellsIt)
{
    netlink::Message message;
    put(message, IPCTNL_MSG_CT_NEW, IPPROTO_TCP);
    const auto news = decode_flow(message.header());
    ASSERT_TRUE(news);
    EXPECT_FALSE(news->gone);
    const Flow wanted{IPPROTO_TCP,
                      end("10.1.0.7", 4711),
                      end("192.0.2.7", 443),
                      end("192.0.2.7", 443),
                      end("203.0.113.10", 1024),
                      5,
                      0x19e,
                      0x1000'0000,
                      100,
                      3,
                      0x23,
                      0};
    EXPECT_EQ(news->flow, wanted);
    EXPECT_TRUE(news->flow.is_translated());
    put(message, IPCTNL_MSG_CT_DELETE, IPPROTO_UDP);
    EXPECT_TRUE(decode_flow(message.header())->gone);
}

TEST(Flow, OfNothingElse)
{
    netlink::Message message;
    put(message, IPCTNL_MSG_CT_NEW, IPPROTO_ICMP);
    EXPECT_FALSE(decode_flow(message.header()));
    put(message, IPCTNL_MSG_CT_GET, IPPROTO_TCP);
    EXPECT_FALSE(decode_flow(message.header()));
}

TEST(Flow, HasStateWhereNoPacketTellsIt)
{
    Flow flow{.protocol = IPPROTO_TCP,
              .source = end("10.1.0.7", 1),
              .destination = end("192.0.2.7", 2),
              .answers_from = end("192.0.2.7", 2),
              .answers_to = end("10.1.0.7", 1)};
    EXPECT_FALSE(has_state(flow, 0x3000'0000));
    flow.mark = 0x0000'0001;
    EXPECT_FALSE(has_state(flow, 0x3000'0000)) << "somebody else's mark";
    flow.mark = 0x1000'0001;
    EXPECT_TRUE(has_state(flow, 0x3000'0000));
    flow.mark = 0;
    flow.answers_to = end("203.0.113.10", 1);
    EXPECT_TRUE(has_state(flow, 0x3000'0000));
    flow.answers_to = flow.source;
    flow.answers_from = end("10.1.9.9", 2);
    EXPECT_TRUE(has_state(flow, 0x3000'0000));
}

} // namespace
} // namespace linkspan::nft
