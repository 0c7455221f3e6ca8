#include "agent/charon_here.h"

#include <gtest/gtest.h>

namespace linkspan::agent {
namespace {

const IpAddress here = IpAddress::parse("203.0.113.10").value(), there = IpAddress::parse("198.51.100.7").value();

xfrm::ObservedState state(const IpAddress& destination, std::uint32_t spi, std::uint64_t added = 100)
{
    return {.key = {destination, {spi}}, .added = added};
}

/// A standby's copy in charon, and the copy's SAs.
struct Standby {
    Observed observed = {.states = std::vector{state(there, 2), state(here, 1)}, .at = 200};

    Standby()
    {
        ike::IkeSa copy{.connection = {"a"}, .state = ike::IkeState::Passive, .local = here, .remote = there};
        copy.children.push_back({.spi_in = {1}, .spi_out = {2}});
        observed.ike = ike::Observed{.sas = {copy}};
    }
    [[nodiscard]] ha::CharonHere here_now() const { return charon_here(observed); }
};

TEST(CharonHere, TakesCopiesWhereItAnswers)
{
    Standby standby;
    EXPECT_EQ(standby.here_now(), (ha::CharonHere{.takes = true}));
    standby.observed.ike->sas.push_back({.unique_id = 8, .state = ike::IkeState::Connecting});
    EXPECT_FALSE(standby.here_now().takes) << "the rekeying of half a copy kills it";
    standby.observed.ike.reset();
    EXPECT_EQ(standby.here_now(), ha::CharonHere{});
}

TEST(CharonHere, DoesNotKnowWhatTheKernelKeptOverItsRestart)
{
    Standby standby;
    standby.observed.ike->sas.clear();
    EXPECT_EQ(standby.here_now().unknown, (std::set{xfrm::StateKey{here, {1}}, xfrm::StateKey{there, {2}}}));
}

TEST(CharonHere, WhatItEndedWhileItWasAskedIsForgotten)
{
    Standby standby;
    auto& states = *standby.observed.states;
    const auto& sas = standby.observed.ike->sas;
    EXPECT_FALSE(has_unlisted(states, sas));
    states.push_back(state(here, 3));
    states.push_back(state(here, 5));
    EXPECT_TRUE(has_unlisted(states, sas));
    forget_ended(states, sas, {state(there, 2), state(here, 5)});
    EXPECT_EQ(states, (std::vector{state(there, 2), state(here, 1), state(here, 5)}))
        << "of what charon lists it matters that it was there before, and what stays is a stray";
}

TEST(CharonHere, MayKnowSoonWhatIsNewAndNeverWhatIsNotItsOwn)
{
    Standby standby;
    standby.observed.ike->sas.clear();
    auto larval = state(here, 3), by_hand = state(here, 4);
    larval.larval = by_hand.is_static = true;
    standby.observed.states = std::vector{larval, by_hand, state(here, 1, standby.observed.at - 4)};
    EXPECT_TRUE(standby.here_now().unknown.empty());
}

} // namespace
} // namespace linkspan::agent
