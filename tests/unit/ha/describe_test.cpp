#include "ha/describe.h"
#include "ha/state.h"
#include "ha/timing.h"

#include <gtest/gtest.h>

namespace linkspan::ha {
namespace {

TEST(Epoch, GrowsAndTellsItsOwner)
{
    for (std::uint64_t last = 0; last < 20; ++last)
        for (auto node : {Node::First, Node::Second}) {
            const auto next = next_epoch(node, {last});
            EXPECT_GT(next, Epoch{last});
            EXPECT_EQ(owner_of(next), node);
        }
}

TEST(Epoch, OfTwoClaimsAtOnceTheOwnersIsTheHigher)
{
    for (std::uint64_t last = 0; last < 20; ++last) {
        const auto owner = owner_of({last});
        EXPECT_GT(next_epoch(owner, {last}), next_epoch(other(owner), {last}));
    }
}

TEST(Timing, StopsTheOneBeforeTheOtherMayBegin)
{
    for (std::uint32_t lost = 4; lost <= 20; ++lost) {
        const Timing timing{.lost = lost};
        EXPECT_LT(timing.fence(), timing.detect());
        EXPECT_LT(timing.lease(), timing.detect());
        EXPECT_LT(timing.tick() * 2, timing.fence());
    }
}

TEST(Describe, SaysWhatChangedAndWhy)
{
    EXPECT_EQ(text_of({Cause::PeerSilent, Role::Standby, Role::Claim, {7}}),
              "standby -> claim: nothing was heard from the peer (epoch 7)");
    EXPECT_EQ(text_of({Cause::PathSilent, Role::Active, Role::Active, {}}), "one heartbeat path is silent");
    EXPECT_EQ(word_of(Cause::PathBack), "path-back");
    EXPECT_EQ(word_of(Section::Ha), "ha");
    EXPECT_TRUE(is_alarm(Cause::TwoActive));
    EXPECT_FALSE(is_alarm(Cause::Granted));
}

} // namespace
} // namespace linkspan::ha
