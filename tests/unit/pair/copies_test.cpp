#include "pair/copies.h"

#include <gtest/gtest.h>

namespace linkspan::pair {
namespace {

using namespace std::chrono_literals;

constexpr Monotonic begin{1h};
const ha::Replication ours{.sas = 2, .spis = 17}, other{.sas = 2, .spis = 18}, none{};

TEST(Copies, ThatAreTheSameNeedNothing)
{
    Copies copies;
    copies.look(ours, ours, true, begin);
    copies.look(ours, ours, true, begin + 1h);
    EXPECT_FALSE(copies.differ());
}

TEST(Copies, MayDifferForAsLongAsARekeyingTakes)
{
    Copies copies;
    copies.look(ours, other, true, begin);
    copies.look(ours, other, true, begin + Copies::patience - 1ms);
    EXPECT_FALSE(copies.differ());
    copies.look(ours, other, true, begin + Copies::patience);
    EXPECT_TRUE(copies.differ());
}

TEST(Copies, AreNotComparedWithWhoIsNotThere)
{
    Copies copies;
    copies.look(ours, none, false, begin);
    copies.look(ours, none, false, begin + 1h);
    EXPECT_FALSE(copies.differ());
    copies.look(ours, none, true, begin + 1h); // it is back: counted from here
    EXPECT_FALSE(copies.differ());
}

} // namespace
} // namespace linkspan::pair
