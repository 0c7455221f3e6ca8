#include "pair/pin_box.h"

#include <gtest/gtest.h>
#include <poll.h>

namespace linkspan::pair {
namespace {

using namespace std::chrono_literals;

constexpr Monotonic begin{1h};

bool rings(const PinBox& box)
{
    pollfd ready{box.descriptor(), POLLIN, 0};
    return ::poll(&ready, 1, 0) == 1;
}

TEST(PinBox, KeepsNothingForNobody)
{
    PinBox box;
    box.add("a\n");
    EXPECT_FALSE(rings(box));
    box.want(true);
    EXPECT_EQ(box.take(100), "");
    box.add("a\n");
    EXPECT_TRUE(rings(box));
    box.want(false);
    box.want(true);
    EXPECT_EQ(box.take(100), "") << "was for another one";
    EXPECT_FALSE(rings(box));
}

TEST(PinBox, GivesWholeLinesInTheirOrder)
{
    PinBox box;
    box.want(true);
    box.add("first\n");
    box.add("second\nthird\n");
    EXPECT_EQ(box.take(12), "first\n");
    EXPECT_EQ(box.take(13), "second\nthird\n");
    EXPECT_EQ(box.take(13), "");
    EXPECT_EQ(box.waiting(), 0U);
}

TEST(PinBox, IsFullAtItsEnd)
{
    PinBox box;
    box.want(true);
    box.add(std::string(PinBox::most - 1, 'x') + "\n");
    box.add("more\n");
    EXPECT_EQ(box.waiting(), PinBox::most);
    EXPECT_EQ(box.left_out(), 5U);
    EXPECT_EQ(box.take(PinBox::most).size(), PinBox::most);
    box.add("more\n");
    EXPECT_EQ(box.take(100), "more\n");
}

TEST(PinBox, WantsAllAtOnceAndThenNowAndThen)
{
    PinBox box;
    EXPECT_FALSE(box.wants_all(begin)) << "nobody does";
    box.want(true);
    EXPECT_TRUE(box.wants_all(begin));
    EXPECT_FALSE(box.wants_all(begin + PinBox::round - 1s));
    EXPECT_TRUE(box.wants_all(begin + PinBox::round));
    box.want(true);
    EXPECT_FALSE(box.wants_all(begin + PinBox::round + 1s)) << "it did so before";
    box.want(false);
    box.want(true);
    EXPECT_TRUE(box.wants_all(begin + PinBox::round + 1s)) << "another one does";
}

} // namespace
} // namespace linkspan::pair
