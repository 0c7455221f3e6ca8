#include "service/loop.h"

#include <gtest/gtest.h>

namespace linkspan::service {
namespace {

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

} // namespace
} // namespace linkspan::service
