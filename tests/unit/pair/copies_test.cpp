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
    EXPECT_FALSE(copies.needs_resync(begin + 1h));
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

TEST(Copies, AreAllMadeAgainForOneThatHasNone)
{
    Copies copies;
    copies.look(ours, other, true, begin);
    copies.look(ours, other, true, begin + 1h);
    EXPECT_FALSE(copies.needs_resync(begin + 1h)) << "it says itself what it lacks";
    copies.look(ours, none, true, begin + 1h);
    EXPECT_TRUE(copies.needs_resync(begin + 1h));
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

TEST(Copies, AreResyncedEverMoreRarelyUntilThatHelps)
{
    Copies copies;
    auto now = begin;
    const auto wait_for_resync = [&] {
        const auto since = now;
        for (; copies.look(ours, none, true, now), !copies.needs_resync(now);) now += 1s;
        copies.resynced(now);
        return now - since;
    };
    EXPECT_EQ(wait_for_resync(), Copies::patience);
    EXPECT_EQ(wait_for_resync(), 30s);
    EXPECT_EQ(wait_for_resync(), 60s);
    EXPECT_EQ(copies.resyncs(), 3U);
    for (int i = 0; i < 10; ++i) (void)wait_for_resync();
    EXPECT_EQ(wait_for_resync(), Copies::longest_resync_pause);
    now += 1h;
    copies.look(ours, ours, true, now);
    EXPECT_EQ(wait_for_resync(), Copies::patience);
    EXPECT_EQ(wait_for_resync(), 30s);
}

} // namespace
} // namespace linkspan::pair
