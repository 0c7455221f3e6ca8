#include "pair/flow_writer.h"

#include <gtest/gtest.h>

namespace linkspan::pair {
namespace {

Flow flow(std::uint16_t port, std::uint8_t state)
{
    Flow flow{.protocol = 6, .source = {IpAddress::parse("10.1.0.7").value(), port}};
    flow.tcp_state = state;
    return flow;
}

TEST(LastWords, OfEachSessionInTheirOrder)
{
    auto later = flow(1, 0);
    later.left = 100;
    const std::vector<FlowNews> news{{flow(1, 3)}, {flow(2, 3)}, {later}, {flow(2, 0), true}};
    const auto last = last_words(news);
    ASSERT_EQ(last.size(), 2U);
    EXPECT_EQ(last[0].flow.left, 100U);
    EXPECT_EQ(last[0].flow.tcp_state, 3) << "the later word did not say it";
    EXPECT_TRUE(last[1].gone) << "else a session that is over would begin anew";
}

TEST(LastWords, OneThatBeginsAgainStands)
{
    const std::vector<FlowNews> news{{flow(1, 0), true}, {flow(1, 1)}};
    const auto last = last_words(news);
    ASSERT_EQ(last.size(), 1U);
    EXPECT_FALSE(last[0].gone);
    EXPECT_EQ(last[0].flow.tcp_state, 1);
}

} // namespace
} // namespace linkspan::pair
