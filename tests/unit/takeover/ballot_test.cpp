#include "takeover/ballot.h"

#include <gtest/gtest.h>

namespace linkspan::takeover {
namespace {

using ha::ArbiterAnswer;
using ha::ArbiterVerdict;
using std::chrono::milliseconds;

const Monotonic now{std::chrono::hours{1}};
const BallotTiming timing{};
const auto lost = failure(Kind::Disconnected, "no answer");
const ha::WriteRecord write{{6}, 40};

Result<ArbiterAnswer> said(ArbiterVerdict verdict, std::uint64_t epoch, std::uint64_t revision)
{
    return ArbiterAnswer{0, verdict, {{epoch}, revision}};
}

TEST(Ballot, an_answer_comes_back_under_the_questions_number)
{
    auto ballot = ballot_of(17, ha::ReadRecord{}, 0, timing, now);
    EXPECT_EQ(heard(ballot, said(ArbiterVerdict::Read, 4, 40), 1, 3, now),
              (ArbiterAnswer{17, ArbiterVerdict::Read, {{4}, 40}}));
}

TEST(Ballot, the_next_endpoint_is_asked_at_once_and_all_of_them_again_after_a_pause)
{
    auto ballot = ballot_of(1, write, 1, timing, now);
    EXPECT_EQ(heard(ballot, lost, 1, 3, now), std::nullopt);
    EXPECT_EQ(ballot.endpoint, 2U);
    EXPECT_EQ(ballot.due, now);
    EXPECT_EQ(heard(ballot, lost, 1, 3, now), std::nullopt);
    EXPECT_EQ(ballot.endpoint, 0U);
    EXPECT_GT(ballot.due, now);
}

TEST(Ballot, without_an_answer_in_time_nothing_is_known)
{
    const auto ballot = ballot_of(1, write, 0, timing, now);
    EXPECT_EQ(expired(ballot, now), std::nullopt);
    EXPECT_EQ(expired(ballot, now + timing.budget), (ArbiterAnswer{1, ArbiterVerdict::Unreachable, {}}));
}

TEST(Ballot, a_write_whose_answer_was_lost_is_recognised_as_our_own)
{
    auto ballot = ballot_of(1, write, 0, timing, now);
    EXPECT_EQ(heard(ballot, lost, 1, 1, now), std::nullopt);
    EXPECT_EQ(heard(ballot, said(ArbiterVerdict::Refused, 6, 41), 1, 1, now),
              (ArbiterAnswer{1, ArbiterVerdict::Written, {{6}, 41}}));
}

TEST(Ballot, a_write_that_was_sent_again_over_a_new_connection_is_recognised_likewise)
{
    auto ballot = ballot_of(1, write, 0, timing, now);
    EXPECT_EQ(heard(ballot, said(ArbiterVerdict::Refused, 0, 0), 2, 1, now), std::nullopt);
    EXPECT_EQ(heard(ballot, said(ArbiterVerdict::Read, 6, 41), 1, 1, now),
              (ArbiterAnswer{1, ArbiterVerdict::Written, {{6}, 41}}));
}

TEST(Ballot, a_refusal_by_another_tenure_stays_one_also_after_a_lost_answer)
{
    auto ballot = ballot_of(1, write, 0, timing, now);
    EXPECT_EQ(heard(ballot, lost, 1, 1, now), std::nullopt);
    EXPECT_EQ(heard(ballot, said(ArbiterVerdict::Refused, 7, 41), 1, 1, now)->verdict, ArbiterVerdict::Refused);
}

TEST(Ballot, a_first_attempt_that_is_refused_is_refused_whoever_is_there)
{
    auto ballot = ballot_of(1, write, 0, timing, now);
    EXPECT_EQ(heard(ballot, said(ArbiterVerdict::Refused, 6, 41), 1, 1, now)->verdict, ArbiterVerdict::Refused);
}

TEST(Ballot, a_refusal_that_does_not_say_by_what_is_followed_by_a_read)
{
    auto ballot = ballot_of(1, write, 0, timing, now);
    EXPECT_EQ(heard(ballot, said(ArbiterVerdict::Refused, 0, 0), 1, 1, now), std::nullopt);
    EXPECT_TRUE(std::holds_alternative<ha::ReadRecord>(question_of(ballot)));
    EXPECT_EQ(heard(ballot, said(ArbiterVerdict::Read, 7, 41), 1, 1, now),
              (ArbiterAnswer{1, ArbiterVerdict::Refused, {{7}, 41}}));
}

} // namespace
} // namespace linkspan::takeover
