#include "ha/leftovers.h"
#include "tests/unit/ha/watch.h"

#include <gtest/gtest.h>

namespace linkspan::ha {
namespace {

using namespace std::chrono_literals;

struct Told : Watch {
    Leftovers leftovers = {};
    std::vector<xfrm::SaCounters> over = {};

    void look(const std::vector<xfrm::SaCounters>& have, const std::vector<xfrm::SaCounters>& told,
              std::chrono::nanoseconds time, bool tells = true)
    {
        go_on(told, time, tells, [&] { over = leftovers.look(have, mirror, now); });
    }
};

TEST(Leftovers, AreWhatTheActiveOneHasNot)
{
    Told told;
    told.look({sa(1), sa(2)}, {sa(2)}, Leftovers::patience);
    EXPECT_TRUE(told.over.empty());
    told.look({sa(1), sa(2)}, {sa(2)}, 1s);
    EXPECT_EQ(told.over, std::vector{sa(1)});
}

TEST(Leftovers, AreNoneWhereTheActiveOneIsSilent)
{
    Told told;
    told.look({sa(1)}, {sa(1)}, 1s);
    told.look({sa(1)}, {}, 60s, false);
    EXPECT_TRUE(told.over.empty());
    told.look({sa(1)}, {}, 5s);
    EXPECT_TRUE(told.over.empty()) << "counted from when it tells again";
}

TEST(Leftovers, ANewOneHasItsTime)
{
    Told told;
    told.look({}, {}, 60s);
    told.look({sa(1)}, {}, 5s);
    told.look({sa(1)}, {sa(1)}, 60s);
    EXPECT_TRUE(told.over.empty());
    told.look({sa(1)}, {}, 60s);
    EXPECT_EQ(told.over, std::vector{sa(1)}) << "its end is found as well";
}

TEST(Leftovers, AreDeadForWhoTakesOverWhenTheirTellingHasSettled)
{
    Told told;
    told.look({}, {}, 1s);
    told.look({sa(1), sa(2)}, {sa(2)}, 1s);
    told.look({sa(1), sa(2)}, {}, 3s, false);
    EXPECT_TRUE(Leftovers{told.leftovers}.dead().empty()) << "it may have been copied as the other one died";
    told.look({sa(1), sa(2)}, {sa(2)}, Leftovers::settled + 1s);
    told.look({sa(1), sa(2)}, {}, 60s, false);
    EXPECT_EQ(told.leftovers.dead(), std::vector{sa(1)}) << "the silence before a takeover changes nothing";
    EXPECT_TRUE(told.leftovers.dead().empty()) << "they are another tenure's";
}

TEST(Leftovers, OfBeforeTheStartAreDeadAtTheFirstWord)
{
    Told told;
    told.look({sa(1), sa(2)}, {}, 200ms, false);
    EXPECT_TRUE(Leftovers{told.leftovers}.dead().empty()) << "nobody has told of anything";
    told.look({sa(1), sa(2)}, {sa(2)}, 200ms);
    EXPECT_EQ(Leftovers{told.leftovers}.dead(), std::vector{sa(1)});
    told.look({sa(1), sa(2)}, {sa(1), sa(2)}, 200ms);
    EXPECT_TRUE(told.leftovers.dead().empty()) << "its telling was on the way";
}

} // namespace
} // namespace linkspan::ha
