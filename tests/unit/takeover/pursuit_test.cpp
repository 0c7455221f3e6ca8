#include "takeover/pursuit.h"

#include <gtest/gtest.h>

namespace linkspan::takeover {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// One thing's way, answer by answer, at the pace its own alarms give.
class PursuitTest : public testing::Test {
protected:
    Monotonic now{std::chrono::hours{1}};
    Pursuit pursuit = takeover::pursue(now, seconds{30});

    /// The next call, whenever it is due.
    Call next()
    {
        now = std::max(now, alarm_of(pursuit).value());
        const auto call = call_due(pursuit, now);
        EXPECT_TRUE(call);
        return call.value_or(Call::Poll);
    }
    void answer(Reply reply, std::string problem = {}, std::optional<milliseconds> pause = {})
    {
        pursuit = learn(pursuit, {reply, std::move(problem), pause}, now, 0);
    }
};

TEST_F(PursuitTest, acts_at_once_looks_at_once_and_is_done)
{
    const auto began = now;
    EXPECT_EQ(next(), Call::Act);
    EXPECT_EQ(call_due(pursuit, now), std::nullopt) << "one call at a time";
    answer(Reply::Accepted);
    EXPECT_EQ(next(), Call::Look);
    answer(Reply::Held);
    EXPECT_EQ(pursuit.standing, Standing::Held);
    EXPECT_EQ(now, began) << "without a pause";
    EXPECT_EQ(call_due(pursuit, now), std::nullopt);
    EXPECT_EQ(alarm_of(pursuit), std::nullopt);
}

TEST_F(PursuitTest, a_stale_look_is_repeated_and_only_a_lasting_one_acts_again)
{
    next();
    answer(Reply::Accepted);
    for (std::uint32_t look = 1; look < stale_looks; ++look) {
        EXPECT_EQ(next(), Call::Look);
        answer(Reply::NotHeld);
    }
    EXPECT_EQ(next(), Call::Look);
    answer(Reply::NotHeld);
    EXPECT_EQ(next(), Call::Act);
}

TEST_F(PursuitTest, after_an_answer_that_was_lost_it_looks_before_it_acts_again)
{
    next();
    answer(Reply::Unsure, "timed out");
    EXPECT_EQ(next(), Call::Look);
    answer(Reply::Held);
    EXPECT_EQ(pursuit.standing, Standing::Held);
}

TEST_F(PursuitTest, what_it_finds_undone_after_a_conflict_is_done_without_waiting_for_staleness)
{
    next();
    answer(Reply::Conflict, "busy");
    EXPECT_EQ(next(), Call::Look);
    answer(Reply::NotHeld);
    const auto before = now;
    EXPECT_EQ(next(), Call::Act);
    EXPECT_EQ(now, before);
}

TEST_F(PursuitTest, throttling_backs_off_further_each_time_and_by_what_the_cloud_wishes)
{
    next();
    answer(Reply::Throttled, "slow down");
    auto before = now;
    EXPECT_EQ(next(), Call::Act);
    const auto first = now - before;
    EXPECT_GT(first, milliseconds{0});
    answer(Reply::Throttled, "slow down");
    before = now;
    EXPECT_EQ(next(), Call::Act);
    EXPECT_GT(now - before, first);
    answer(Reply::Throttled, "slow down", seconds{7});
    before = now;
    EXPECT_EQ(next(), Call::Act);
    EXPECT_EQ(now - before, seconds{7});
}

TEST_F(PursuitTest, pauses_differ_by_chance_and_are_never_longer_for_it)
{
    next();
    const auto one = learn(pursuit, {Reply::Throttled, {}, {}}, now, 0);
    const auto other = learn(pursuit, {Reply::Throttled, {}, {}}, now, 700);
    EXPECT_LT(other.due, one.due);
    EXPECT_GE((other.due - now) * 2, one.due - now);
}

TEST_F(PursuitTest, a_long_operation_is_polled_and_then_verified)
{
    next();
    answer(Reply::Running, {}, milliseconds{1500});
    const auto before = now;
    EXPECT_EQ(next(), Call::Poll);
    EXPECT_EQ(now - before, milliseconds{1500});
    answer(Reply::Running);
    EXPECT_EQ(next(), Call::Poll);
    answer(Reply::Accepted);
    EXPECT_EQ(next(), Call::Look);
    answer(Reply::Free); // the first of two steps is done
    EXPECT_EQ(next(), Call::Act);
}

TEST_F(PursuitTest, credentials_that_stay_bad_are_given_up)
{
    for (int turn = 0; turn < 3; ++turn) {
        EXPECT_EQ(next(), Call::Act);
        answer(Reply::Expired, "expired");
        EXPECT_EQ(pursuit.standing, Standing::Open);
    }
    next();
    answer(Reply::Expired, "expired");
    EXPECT_EQ(pursuit.standing, Standing::Failed);
    EXPECT_EQ(pursuit.problem, "expired");
}

TEST_F(PursuitTest, refusal_and_a_newer_tenure_end_it)
{
    next();
    auto other = learn(pursuit, {Reply::Superseded, "newer", {}}, now, 0);
    EXPECT_EQ(other.standing, Standing::Superseded);
    answer(Reply::Refused, "no such thing");
    EXPECT_EQ(pursuit.standing, Standing::Failed);
    EXPECT_EQ(pursuit.problem, "no such thing");
}

} // namespace
} // namespace linkspan::takeover
