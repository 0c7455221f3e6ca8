#include "takeover/cloud_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::takeover {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Request take(std::uint64_t epoch)
{
    return {Verb::Take, {epoch}};
}
Request release(std::uint64_t epoch)
{
    return {Verb::Release, {epoch}};
}

/// Two things that matter and one that does not, answered by hand.
class CloudPlan : public testing::Test {
protected:
    const CloudTiming timing{.budget = seconds{30}, .watch = seconds{20}};
    Monotonic now{std::chrono::hours{1}};
    CloudState state = {.things = {{.name = "one"}, {.name = "two"}, {.name = "mark", .essential = false}}};

    std::vector<Report> put_in(const Request& request) { return ask(state, request, timing, now); }
    std::vector<CallDue> due() { return calls_due(state, timing, now); }
    std::vector<Report> answer(std::size_t thing, Call call, Reply reply, bool watch = false, std::string problem = {})
    {
        return answered(state, {thing, call, watch}, {reply, std::move(problem), {}}, timing, now, 0);
    }
    /// Through act and look, all well.
    void take_all(std::uint64_t epoch)
    {
        put_in(take(epoch));
        due();
        for (std::size_t thing = 0; thing < 3; ++thing) answer(thing, Call::Act, Reply::Accepted);
        due();
        for (std::size_t thing = 0; thing < 3; ++thing) answer(thing, Call::Look, Reply::Held);
    }
};

TEST_F(CloudPlan, a_standby_looks_at_everything_now_and_then)
{
    EXPECT_THAT(due(),
                ElementsAre(CallDue{0, Call::Look, true}, CallDue{1, Call::Look, true}, CallDue{2, Call::Look, true}));
    EXPECT_THAT(due(), IsEmpty());
    for (std::size_t thing = 0; thing < 3; ++thing)
        EXPECT_THAT(answer(thing, Call::Look, Reply::NotHeld, true), IsEmpty());
    EXPECT_EQ(alarm_of(state), now + seconds{20});
    now += seconds{20};
    EXPECT_THAT(due(), SizeIs(3));
}

TEST_F(CloudPlan, a_takeover_acts_on_everything_at_once_and_is_done_when_the_last_is_verified)
{
    EXPECT_THAT(put_in(take(4)), IsEmpty());
    EXPECT_THAT(due(), ElementsAre(CallDue{0, Call::Act}, CallDue{1, Call::Act}, CallDue{2, Call::Act}));
    for (std::size_t thing = 0; thing < 3; ++thing) EXPECT_THAT(answer(thing, Call::Act, Reply::Accepted), IsEmpty());
    EXPECT_THAT(due(), SizeIs(3));
    answer(0, Call::Look, Reply::Held);
    answer(1, Call::Look, Reply::Held);
    EXPECT_THAT(answer(2, Call::Look, Reply::Held), ElementsAre(Report{take(4), Outcome::Done, "one; two; mark"}));
    EXPECT_EQ(alarm_of(state), now + seconds{20}) << "the watch goes on from here";
}

TEST_F(CloudPlan, what_does_not_matter_may_fail)
{
    put_in(take(4));
    due();
    answer(2, Call::Act, Reply::Refused, false, "not allowed");
    answer(0, Call::Look, Reply::Held);
    EXPECT_THAT(answer(1, Call::Look, Reply::Held),
                ElementsAre(Report{take(4), Outcome::Done, "one; two (without mark: not allowed)"}));
}

TEST_F(CloudPlan, one_failure_does_not_keep_the_others_from_their_end)
{
    put_in(take(4));
    due();
    EXPECT_THAT(answer(0, Call::Act, Reply::Refused, false, "not allowed"), IsEmpty());
    answer(1, Call::Act, Reply::Accepted);
    answer(2, Call::Act, Reply::Refused);
    EXPECT_THAT(due(), ElementsAre(CallDue{1, Call::Look}));
    EXPECT_THAT(answer(1, Call::Look, Reply::Held),
                ElementsAre(Report{take(4), Outcome::Failed, "one: not allowed; mark"}));
}

TEST_F(CloudPlan, a_newer_tenure_ends_everything_at_once)
{
    put_in(take(4));
    due();
    EXPECT_THAT(answer(2, Call::Look, Reply::Superseded, false, "5 is newer"),
                ElementsAre(Report{take(4), Outcome::Superseded, "mark: 5 is newer"}));
    EXPECT_THAT(answer(0, Call::Act, Reply::Throttled), IsEmpty());
}

TEST_F(CloudPlan, a_budget_that_is_used_up_fails_also_while_nothing_answers)
{
    put_in(take(4));
    due();
    now += seconds{30};
    expire(state, now);
    EXPECT_THAT(judged(state), ElementsAre(testing::Field(&Report::outcome, Outcome::Failed)));
    EXPECT_THAT(judged(state), IsEmpty()) << "told once";
}

TEST_F(CloudPlan, requests_come_in_order_and_twice_is_once)
{
    put_in(take(4));
    EXPECT_THAT(put_in(take(4)), IsEmpty());
    EXPECT_THAT(put_in(release(4)), ElementsAre(Report{take(4), Outcome::Superseded, "a later one was asked for"},
                                                Report{release(4), Outcome::Done, ""}));
    EXPECT_THAT(put_in(take(4)), ElementsAre(Report{take(4), Outcome::Superseded, "a later one was asked for before"}));
    take_all(6);
    EXPECT_THAT(put_in(take(6)), ElementsAre(Report{take(6), Outcome::Done, "it was done before"}));
}

TEST_F(CloudPlan, an_active_gateway_notices_that_it_has_lost_and_takes_nothing_back)
{
    take_all(4);
    now += seconds{20};
    EXPECT_THAT(due(), SizeIs(3));
    EXPECT_THAT(answer(1, Call::Look, Reply::NotHeld, true), IsEmpty()) << "its mark may be newer";
    EXPECT_THAT(due(), IsEmpty());
    EXPECT_THAT(answer(2, Call::Look, Reply::Superseded, true, "5 is newer"),
                ElementsAre(Report{take(4), Outcome::Lost, "mark: 5 is newer"}));
    EXPECT_THAT(answer(0, Call::Look, Reply::NotHeld, true), IsEmpty());
    EXPECT_THAT(due(), IsEmpty());
}

TEST_F(CloudPlan, what_is_gone_without_a_newer_tenure_is_taken_back)
{
    take_all(4);
    now += seconds{20};
    due();
    EXPECT_THAT(answer(0, Call::Look, Reply::NotHeld, true), IsEmpty());
    EXPECT_THAT(answer(1, Call::Look, Reply::Held, true), IsEmpty());
    EXPECT_THAT(answer(2, Call::Look, Reply::Held, true),
                ElementsAre(Report{take(4), Outcome::Retrying, "one is no longer here: taken back"}));
    EXPECT_THAT(due(), ElementsAre(CallDue{0, Call::Act}));
    answer(0, Call::Act, Reply::Accepted);
    EXPECT_THAT(answer(0, Call::Look, Reply::Held), ElementsAre(testing::Field(&Report::outcome, Outcome::Done)));
}

TEST_F(CloudPlan, a_standby_that_cannot_look_says_so_once)
{
    due();
    EXPECT_THAT(answer(0, Call::Look, Reply::Unsure, true, "no route to host"),
                ElementsAre(Report{Request{}, Outcome::Retrying, "cannot look: one: no route to host"}));
    now += seconds{20};
    due();
    EXPECT_THAT(answer(0, Call::Look, Reply::Unsure, true, "no route to host"), IsEmpty());
}

TEST_F(CloudPlan, a_standby_that_can_look_again_says_so)
{
    put_in(release(3));
    due();
    answer(0, Call::Look, Reply::Unsure, true, "no route to host");
    EXPECT_THAT(answer(1, Call::Look, Reply::NotHeld, true), IsEmpty()) << "another thing says nothing of this one";
    now += seconds{20};
    due();
    EXPECT_THAT(answer(0, Call::Look, Reply::NotHeld, true),
                ElementsAre(Report{release(3), Outcome::Done, "one can be looked at again"}));
}

} // namespace
} // namespace linkspan::takeover
