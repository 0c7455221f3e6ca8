#include "pair/sleep.h"

#include <gtest/gtest.h>

namespace linkspan::pair {
namespace {

TEST(Sleep, NeverGoesBack)
{
    const auto before = time_asleep();
    EXPECT_GE(before.count(), 0);
    EXPECT_GE(time_asleep(), before - std::chrono::milliseconds{1}) << "two clocks, read one after the other";
}

} // namespace
} // namespace linkspan::pair
