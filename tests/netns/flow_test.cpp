// Sessions as the other gateway of a pair tells of them, put into the kernel's connection tracking and read back.

#include "netlink/socket.h"
#include "nft/flow.h"
#include "tests/netns/own_namespace.h"

#include <gtest/gtest.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netlink.h>
#include <netinet/in.h>

#include <optional>
#include <vector>

namespace linkspan::nft {
namespace {

Flow::End end(const char* address, std::uint16_t port)
{
    return {IpAddress::parse(address).value(), port};
}

constexpr std::uint32_t established = IPS_CONFIRMED | IPS_SEEN_REPLY | IPS_ASSURED;

Flow tcp()
{
    return {.protocol = IPPROTO_TCP,
            .source = end("10.1.0.7", 4711),
            .destination = end("192.0.2.7", 443),
            .answers_from = end("192.0.2.7", 443),
            .answers_to = end("203.0.113.10", 1024),
            .status = established,
            .mark = 0x1000'0000,
            .left = 5000,
            .tcp_state = 3};
}

void update(const Flow& flow, netlink::Message& message)
{
    encode_update(flow, true, message);
}

class FlowsOfTheKernel : public testing::Test {
protected:
    void SetUp() override
    {
        if (const auto missing = test::enter_own_namespace(); !missing.empty()) GTEST_SKIP() << missing;
        auto socket = netlink::Socket::open(NETLINK_NETFILTER);
        ASSERT_TRUE(socket);
        socket_.emplace(std::move(*socket));
        if (!read()) GTEST_SKIP() << "ctnetlink in the kernel";
    }
    Result<std::vector<Flow>> read()
    {
        std::vector<Flow> flows;
        netlink::Message question;
        encode_get_flows(question);
        TRY(socket_->dump(question, "read", [&](const nlmsghdr& message) {
            if (auto news = decode_flow(message)) flows.push_back(news->flow);
        }));
        return flows;
    }
    Result<> ask(void (*encode)(const Flow&, netlink::Message&), const Flow& flow)
    {
        netlink::Message message;
        encode(flow, message);
        return socket_->request(message, "a session");
    }

private:
    std::optional<netlink::Socket> socket_;
};

TEST_F(FlowsOfTheKernel, AreTranslatedAsTheOtherGatewayTold)
{
    const auto made = ask(encode_create, tcp());
    ASSERT_TRUE(made) << made.error().what;
    const auto flows = read();
    ASSERT_EQ(flows->size(), 1U);
    const auto& flow = flows->front();
    EXPECT_EQ(flow.source, tcp().source);
    EXPECT_EQ(flow.answers_to, tcp().answers_to);
    EXPECT_EQ(flow.mark, tcp().mark);
    EXPECT_EQ(flow.tcp_state, 3);
    EXPECT_NE(flow.status & IPS_SRC_NAT, 0U) << "without it the listing looks the same, and nothing is translated";
    EXPECT_EQ(flow.status & established, established);
    EXPECT_LE(flow.left, 5000U);
    EXPECT_GT(flow.left, 4000U);
}

TEST_F(FlowsOfTheKernel, BothEndsOfOneAndIPv6)
{
    auto both = tcp();
    both.answers_from = end("10.9.0.9", 8443);
    ASSERT_TRUE(ask(encode_create, both));
    const Flow six{.protocol = IPPROTO_UDP,
                   .source = end("2001:db8::7", 4000),
                   .destination = end("2001:db8:1::7", 53),
                   .answers_from = end("2001:db8:1::7", 53),
                   .answers_to = end("2001:db8:a::10", 4000),
                   .status = IPS_CONFIRMED,
                   .left = 30};
    const auto made = ask(encode_create, six);
    ASSERT_TRUE(made) << made.error().what;
    const auto flows = read();
    ASSERT_EQ(flows->size(), 2U);
    for (const auto& flow : *flows) {
        const auto& wanted = flow.protocol == IPPROTO_UDP ? six : both;
        EXPECT_EQ(flow.answers_from, wanted.answers_from);
        EXPECT_EQ(flow.answers_to, wanted.answers_to);
    }
}

TEST_F(FlowsOfTheKernel, ChangeAndEnd)
{
    EXPECT_EQ(ask(update, tcp()).error().kind, Kind::NotFound);
    ASSERT_TRUE(ask(encode_create, tcp()));
    auto later = tcp();
    later.left = 100;
    later.mark = 0x3000'0000;
    const auto changed = ask(update, later);
    ASSERT_TRUE(changed) << changed.error().what;
    EXPECT_LE(read()->front().left, 100U);
    EXPECT_EQ(read()->front().mark, later.mark);
    EXPECT_TRUE(ask(encode_end, tcp()));
    EXPECT_TRUE(read()->empty());
    EXPECT_EQ(ask(encode_end, tcp()).error().kind, Kind::NotFound);
}

} // namespace
} // namespace linkspan::nft
