#include "egress/alarm.h"

#include <gtest/gtest.h>

namespace linkspan::egress {
namespace {

TEST(Unseen, IsWhatPassedAndWasNotLetGo)
{
    Unseen unseen;
    EXPECT_EQ(unseen.look(40), 0U) << "what passed before is not of this agent's time";
    for (int i = 0; i < 5; ++i) unseen.let_go();
    EXPECT_EQ(unseen.look(45), 0U);
    unseen.let_go();
    EXPECT_EQ(unseen.look(49), 3U);
    EXPECT_EQ(unseen.look(49), 0U) << "each is told once";
}

TEST(Unseen, WhatOthersDropBehindTheQueueHidesNothingLater)
{
    Unseen unseen;
    EXPECT_EQ(unseen.look(0), 0U);
    for (int i = 0; i < 5; ++i) unseen.let_go();
    EXPECT_EQ(unseen.look(1), 0U);
    EXPECT_EQ(unseen.look(3), 2U);
}

TEST(Unseen, ACounterThatIsMadeAnewBeginsAnew)
{
    Unseen unseen;
    EXPECT_EQ(unseen.look(1'000), 0U);
    unseen.let_go();
    EXPECT_EQ(unseen.look(1), 0U);
    EXPECT_EQ(unseen.look(3), 2U);
}

TEST(Rise, CountsOnOverACounterThatBeginsAnew)
{
    Rise rise;
    EXPECT_EQ(rise.look(7), 0U);
    EXPECT_EQ(rise.look(9), 2U);
    EXPECT_EQ(rise.look(1), 1U);
}

TEST(Alarm, IsAsOldAsItsLastCause)
{
    Alarm alarm;
    alarm.raise(2, Monotonic{std::chrono::seconds{5}});
    alarm.raise(0, Monotonic{std::chrono::seconds{9}});
    EXPECT_EQ(alarm, (Alarm{2, Monotonic{std::chrono::seconds{5}}}));
}

} // namespace
} // namespace linkspan::egress
