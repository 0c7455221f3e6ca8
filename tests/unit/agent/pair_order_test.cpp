#include "agent/pair_order.h"

#include <gtest/gtest.h>

namespace linkspan::agent {
namespace {

TEST(PairOrder, KnowsItsWords)
{
    EXPECT_EQ(*parse_pair_order("switchover"), ha::Command::Switchover);
    EXPECT_EQ(*parse_pair_order("switchover anyway"), ha::Command::SwitchoverAnyway);
    EXPECT_EQ(*parse_pair_order("maintenance on"), ha::Command::MaintenanceOn);
    EXPECT_EQ(*parse_pair_order("maintenance off"), ha::Command::MaintenanceOff);
    EXPECT_EQ(*parse_pair_order("resume"), ha::Command::Resume);
}

TEST(PairOrder, RefusesOthers)
{
    for (const auto* word : {"", "switch", "maintenance", "switchover now"}) {
        const auto order = parse_pair_order(word);
        ASSERT_FALSE(order) << word;
        EXPECT_EQ(order.error().kind, Kind::Config);
    }
}

} // namespace
} // namespace linkspan::agent
