#include "service/loop.h"

#include <gtest/gtest.h>

namespace linkspan::service {
namespace {

using namespace std::chrono_literals;

TEST(DueAgain, MakesUpForTheLittleThatTheLoopWasBusyFor)
{
    EXPECT_EQ(due_again(1000, 1000, 200), 1200);
    EXPECT_EQ(due_again(1000, 1030, 200), 1200);
    EXPECT_EQ(due_again(1000, 1100, 200), 1200);
}

TEST(DueAgain, LetsTwoCallsNeverFollowEachOtherAtOnce)
{
    EXPECT_EQ(due_again(1000, 1101, 200), 1301);
    EXPECT_EQ(due_again(1000, 5000, 200), 5200);
}

TEST(Loop, WhatCanWaitIsDoneThoughACallTakesLongerThanItsPeriod)
{
    auto loop = Loop::open();
    ASSERT_TRUE(loop);
    int calls = 0;
    const auto slow = loop->every(1ms, [&] {
        if (++calls == 100) loop->stop(1);
        for (const auto end = std::chrono::steady_clock::now() + 3ms; std::chrono::steady_clock::now() < end;) {}
    });
    const auto idle = loop->after(2ms, [&] { loop->stop(0); }, Loop::Priority::Idle);
    EXPECT_EQ(*loop->run(), 0);
}

TEST(Loop, WhatIsCalledAgainAndAgainMayEndItself)
{
    auto loop = Loop::open();
    ASSERT_TRUE(loop);
    Loop::Source source;
    source = *loop->every(1ms, [&] {
        source.reset();
        loop->stop(0);
    });
    EXPECT_EQ(*loop->run(), 0);
}

} // namespace
} // namespace linkspan::service
