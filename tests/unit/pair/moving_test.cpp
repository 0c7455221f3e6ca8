#include "pair/moving.h"

#include <gtest/gtest.h>

namespace linkspan::pair {
namespace {

using takeover::Outcome;
using takeover::Report;
using takeover::Request;
using takeover::Verb;

constexpr Request take{Verb::Take, {18}}, release{Verb::Release, {18}}, next{Verb::Take, {20}};

Moving asked(const Request& request)
{
    Moving moving{.by = "exec"};
    ask(moving, request);
    return moving;
}

TEST(Moving, NothingIsKnownBeforeItIsTold)
{
    const auto moving = asked(take);
    EXPECT_EQ(problem_of(moving), "");
    EXPECT_EQ(text_of(moving), "");
}

TEST(Moving, WhatWasTakenIsTold)
{
    auto moving = asked(take);
    const auto event = hear(moving, {take, Outcome::Done, "moved"});
    ASSERT_TRUE(event);
    EXPECT_EQ(std::get<ha::AddressesTaken>(*event).epoch, ha::Epoch{18});
    EXPECT_EQ(problem_of(moving), "");
    EXPECT_EQ(text_of(moving), "exec: take 18 is done: moved");
}

TEST(Moving, OneFailureDecidesNothingAndIsSaid)
{
    auto moving = asked(take);
    EXPECT_FALSE(hear(moving, {take, Outcome::Retrying, "exited with status 1"}));
    EXPECT_EQ(problem_of(moving), "exec: take 18 has trouble, and is tried again: exited with status 1");
}

TEST(Moving, WhatCannotBeTakenIsTheOtherGatewaysChance)
{
    for (const auto outcome : {Outcome::Failed, Outcome::Superseded, Outcome::Lost}) {
        auto moving = asked(take);
        const auto event = hear(moving, {take, outcome, ""});
        ASSERT_TRUE(event);
        EXPECT_EQ(std::get<ha::AddressesNotTaken>(*event).epoch, ha::Epoch{18});
        EXPECT_NE(problem_of(moving), "");
    }
}

TEST(Moving, AnEarlierRequestsEndIsNobodysMatter)
{
    auto moving = asked(next);
    EXPECT_FALSE(hear(moving, {take, Outcome::Failed, "too late"}));
    EXPECT_FALSE(moving.told);
    EXPECT_EQ(problem_of(moving), "");
}

TEST(Moving, AReleaseDecidesNothing)
{
    auto moving = asked(release);
    EXPECT_FALSE(hear(moving, {release, Outcome::Failed, "exited with status 1"}));
    EXPECT_NE(problem_of(moving), "") << "but it is said";
    EXPECT_FALSE(hear(moving, {release, Outcome::Superseded, ""}));
    EXPECT_EQ(problem_of(moving), "") << "a newer tenure has them: they are released";
}

TEST(Moving, AnotherRequestBeginsAnew)
{
    auto moving = asked(take);
    (void)hear(moving, {take, Outcome::Failed, "exited with status 1"});
    ask(moving, release);
    EXPECT_EQ(problem_of(moving), "");
}

} // namespace
} // namespace linkspan::pair
