#include "pair/order.h"

#include <gtest/gtest.h>

namespace linkspan::pair {
namespace {

TEST(PairOrder, KnowsItsWords)
{
    EXPECT_EQ(*parse_order("switchover"), ha::Command::Switchover);
    EXPECT_EQ(*parse_order("switchover anyway"), ha::Command::SwitchoverAnyway);
    EXPECT_EQ(*parse_order("maintenance on"), ha::Command::MaintenanceOn);
    EXPECT_EQ(*parse_order("maintenance off"), ha::Command::MaintenanceOff);
    EXPECT_EQ(*parse_order("resume"), ha::Command::Resume);
    EXPECT_EQ(*parse_order("yield"), ha::Command::Yield);
}

TEST(PairOrder, RefusesOthers)
{
    for (const auto* word : {"", "switch", "maintenance", "switchover now"}) {
        const auto order = parse_order(word);
        ASSERT_FALSE(order) << word;
        EXPECT_EQ(order.error().kind, Kind::Config);
    }
}

} // namespace
} // namespace linkspan::pair
