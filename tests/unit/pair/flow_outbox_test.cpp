#include "pair/flow_outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::pair {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

constexpr Monotonic begin{1h};

ha::Payload frame(std::uint8_t which)
{
    return {which};
}

TEST(FlowOutbox, NewsGoBeforeTheRound)
{
    FlowOutbox outbox;
    ASSERT_TRUE(outbox.add_round({frame(1), frame(2)}, begin));
    ASSERT_TRUE(outbox.add_news({frame(3)}, begin + 1s));
    EXPECT_EQ(outbox.behind(begin + 3s), 3s);
    EXPECT_THAT(outbox.take(2), ElementsAre(frame(3), frame(1)));
    EXPECT_FALSE(outbox.is_round_over());
    EXPECT_THAT(outbox.take(2), ElementsAre(frame(2)));
    EXPECT_TRUE(outbox.is_round_over());
    EXPECT_EQ(outbox.behind(begin + 3s), 0s);
    EXPECT_TRUE(outbox.take(2).empty());
}

TEST(FlowOutbox, IsFullAtItsEnd)
{
    FlowOutbox outbox;
    ASSERT_TRUE(outbox.add_news(std::vector<ha::Payload>(FlowOutbox::most_news - 1), begin));
    EXPECT_FALSE(outbox.add_news({frame(1), frame(2)}, begin)) << "all of them or none";
    EXPECT_TRUE(outbox.add_news({frame(1)}, begin));
    EXPECT_FALSE(outbox.add_news({frame(1)}, begin));
    EXPECT_TRUE(outbox.add_round({frame(1)}, begin)) << "news take no room from it";
    EXPECT_EQ(outbox.size(), FlowOutbox::most_news + 1);
    outbox.clear();
    EXPECT_EQ(outbox.size(), 0U);
    EXPECT_TRUE(outbox.add_news({frame(1)}, begin));
}

} // namespace
} // namespace linkspan::pair
