#include "ha/missing.h"
#include "tests/unit/ha/watch.h"

#include <gtest/gtest.h>

namespace linkspan::ha {
namespace {

using namespace std::chrono_literals;

struct Standby : Watch {
    Missing missing = {};
    CharonHere charon{.takes = true};
    bool looks = true; ///< its agent, at charon
    std::vector<xfrm::StateKey> over = {};

    void look(const std::vector<xfrm::SaCounters>& have, const std::vector<xfrm::SaCounters>& told,
              std::chrono::nanoseconds time, bool tells = true)
    {
        go_on(told, time, tells, [&] {
            if (looks) charon.seen = now;
            over = missing.look(have, charon, mirror, now);
        });
    }
};

TEST(Missing, AreWhatTheActiveOneToldOfForAWhile)
{
    Standby standby;
    standby.look({sa(2)}, {sa(1), sa(2)}, Missing::patience);
    EXPECT_TRUE(standby.over.empty());
    standby.look({sa(2)}, {sa(1), sa(2)}, 1s);
    EXPECT_EQ(standby.over, std::vector{sa(1).key});
    standby.look({sa(1), sa(2)}, {sa(1), sa(2)}, 1s);
    EXPECT_TRUE(standby.over.empty());
}

TEST(Missing, WhatHasEndedThereIsNotMissedHere)
{
    Standby standby;
    standby.look({}, {sa(1)}, 8s);
    standby.look({}, {sa(2)}, 8s);
    EXPECT_TRUE(standby.over.empty()) << "it was rekeyed, and the new one is on its way";
    standby.look({}, {sa(2)}, 4s);
    EXPECT_EQ(standby.over, std::vector{sa(2).key});
}

TEST(Missing, AreNoneWhereTheActiveOneIsSilent)
{
    Standby standby;
    standby.look({}, {sa(1)}, 8s);
    standby.look({}, {}, 60s, false);
    EXPECT_TRUE(standby.over.empty());
}

TEST(Missing, AStandbyLacksThemFromItsStartUntilAllAreCopied)
{
    Standby standby;
    standby.look({}, {}, 1s, false);
    EXPECT_TRUE(standby.missing.lacks()) << "nobody has told of anything";
    standby.look({sa(1)}, {sa(1), sa(2)}, 1s);
    EXPECT_TRUE(standby.missing.lacks());
    standby.look({sa(1), sa(2)}, {sa(1), sa(2)}, 200ms);
    EXPECT_FALSE(standby.missing.lacks());
    standby.look({sa(1)}, {}, 60s, false);
    EXPECT_FALSE(standby.missing.lacks()) << "silence changes nothing";
}

TEST(Missing, AStandbyLacksNothingWhereThereIsNothing)
{
    Standby standby;
    standby.look({}, {}, 200ms);
    EXPECT_FALSE(standby.missing.lacks());
}

TEST(Missing, WhoHasCarriedLacksNoneAsItGivesWay)
{
    Standby standby;
    standby.missing.carries();
    EXPECT_FALSE(standby.missing.lacks());
    standby.look({}, {sa(1)}, Missing::settled + 200ms);
    EXPECT_TRUE(standby.missing.lacks());
}

TEST(Missing, ARekeyingIsNoLack)
{
    Standby standby;
    standby.look({sa(1)}, {sa(1)}, 200ms);
    standby.look({sa(1)}, {sa(1), sa(2)}, 1s);
    EXPECT_FALSE(standby.missing.lacks()) << "it is told of before it is copied";
    standby.look({sa(2)}, {sa(2)}, 60s);
    EXPECT_FALSE(standby.missing.lacks()) << "and seems to be for a while after it is gone";
    standby.look({sa(2)}, {sa(2), sa(3)}, Missing::settled + 200ms);
    EXPECT_TRUE(standby.missing.lacks()) << "it was not copied";
}

TEST(Missing, NoneIsAskedForBeforeCharonWouldTakeIt)
{
    Standby standby;
    standby.charon.takes = false;
    standby.look({}, {sa(1)}, 60s);
    EXPECT_TRUE(standby.over.empty());
    EXPECT_TRUE(standby.missing.lacks());
    standby.charon.takes = true;
    standby.look({}, {sa(1)}, 200ms);
    EXPECT_EQ(standby.over, std::vector{sa(1).key});
}

TEST(Missing, NoneIsAskedForBeforeCharonWasLookedAt)
{
    Standby standby;
    standby.look({}, {}, 200ms);
    standby.looks = false;
    standby.look({}, {sa(1)}, Missing::settled);
    EXPECT_FALSE(standby.missing.needs_look()) << "it may be on its way";
    standby.look({}, {sa(1)}, 60s);
    EXPECT_TRUE(standby.over.empty());
    EXPECT_TRUE(standby.missing.needs_look());
    standby.looks = true;
    standby.look({}, {sa(1)}, 200ms);
    EXPECT_EQ(standby.over, std::vector{sa(1).key});
    EXPECT_FALSE(standby.missing.needs_look());
}

TEST(Missing, WhatCharonDoesNotKnowIsAsGoodAsNotHere)
{
    Standby standby;
    standby.look({sa(1), sa(2)}, {sa(1), sa(2)}, 200ms);
    standby.charon.unknown = {sa(2).key};
    standby.look({sa(1), sa(2)}, {sa(1), sa(2)}, Missing::patience + 1s);
    EXPECT_EQ(standby.over, std::vector{sa(2).key});
    EXPECT_TRUE(standby.missing.lacks());
}

TEST(Missing, AreSaidInAsManyFramesAsItTakes)
{
    std::vector<xfrm::StateKey> keys;
    for (std::uint32_t spi = 1; spi <= most_told + 1; ++spi) keys.push_back(sa(spi).key);
    const auto frames = frames_of(keys, {7});
    ASSERT_EQ(frames.size(), 2U);
    EXPECT_EQ(frames[1].epoch, Epoch{7});
    ASSERT_EQ(frames[1].told.size(), 1U);
    EXPECT_EQ(frames[1].told[0].spi, Spi{most_told + 1});
    EXPECT_TRUE(frames_of(std::vector<xfrm::StateKey>{}, {7}).empty());
}

} // namespace
} // namespace linkspan::ha
