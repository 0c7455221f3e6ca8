#include "takeover/exec_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::takeover {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

Request take(std::uint64_t epoch)
{
    return {Verb::Take, {epoch}};
}
Request release(std::uint64_t epoch)
{
    return {Verb::Release, {epoch}};
}

/// What a hook's world would see: the actions of one event after the other.
class ExecPlan : public testing::Test {
protected:
    const ExecSpec spec{.command = "/hook", .limit = seconds{10}, .attempts = 3};
    ExecState state = {};
    Monotonic now{std::chrono::hours{1}};

    std::vector<ExecAction> put_in(const ExecEvent& event)
    {
        auto step = exec_step(spec, state, event, now);
        state = step.state;
        return step.actions;
    }
    std::vector<ExecAction> at_alarm()
    {
        now = alarm_of(state).value();
        return put_in(AlarmRang{});
    }
    static ExecAction told(Request request, Outcome outcome, std::string detail = {})
    {
        return Report{request, outcome, std::move(detail)};
    }
    static ExecAction started(Request request, std::uint32_t attempt = 1) { return StartRun{request, attempt}; }
};

TEST_F(ExecPlan, runs_what_is_asked_for_and_tells_its_end)
{
    EXPECT_THAT(put_in(Wanted{take(4)}), ElementsAre(started(take(4))));
    EXPECT_THAT(put_in(RunEnded{"", "moved\n"}), ElementsAre(told(take(4), Outcome::Done, "moved")));
    EXPECT_EQ(alarm_of(state), std::nullopt);
}

TEST_F(ExecPlan, one_run_at_a_time_and_a_newer_request_replaces_the_one_that_waits)
{
    put_in(Wanted{take(4)});
    EXPECT_THAT(put_in(Wanted{release(4)}), IsEmpty());
    EXPECT_THAT(put_in(Wanted{take(6)}),
                ElementsAre(told(release(4), Outcome::Superseded, "a later one was asked for")));
    EXPECT_THAT(put_in(RunEnded{}), ElementsAre(told(take(4), Outcome::Done), started(take(6))));
}

TEST_F(ExecPlan, what_is_older_than_what_was_asked_before_never_runs)
{
    put_in(Wanted{take(6)});
    put_in(RunEnded{});
    EXPECT_THAT(put_in(Wanted{release(4)}),
                ElementsAre(told(release(4), Outcome::Superseded, "a later one was asked for before")));
    EXPECT_THAT(put_in(Wanted{release(6)}), ElementsAre(started(release(6))));
    EXPECT_THAT(put_in(Wanted{take(6)}),
                ElementsAre(told(take(6), Outcome::Superseded, "a later one was asked for before")));
}

TEST_F(ExecPlan, asking_twice_is_asking_once)
{
    put_in(Wanted{take(4)});
    EXPECT_THAT(put_in(Wanted{take(4)}), IsEmpty());
    put_in(RunEnded{});
    EXPECT_THAT(put_in(Wanted{take(4)}), ElementsAre(told(take(4), Outcome::Done, "it was done before")));
}

TEST_F(ExecPlan, a_failure_is_tried_again_after_longer_and_longer_pauses_and_then_given_up)
{
    put_in(Wanted{take(4)});
    EXPECT_THAT(put_in(RunEnded{"exited with status 1", "no route"}),
                ElementsAre(told(take(4), Outcome::Retrying, "exited with status 1: no route")));
    EXPECT_THAT(put_in(AlarmRang{}), IsEmpty()) << "before its time";
    const auto first = *alarm_of(state) - now;
    EXPECT_THAT(at_alarm(), ElementsAre(started(take(4), 2)));
    put_in(RunEnded{"exited with status 1", ""});
    EXPECT_GT(*alarm_of(state) - now, first);
    EXPECT_THAT(at_alarm(), ElementsAre(started(take(4), 3)));
    EXPECT_THAT(put_in(RunEnded{"exited with status 2", ""}),
                ElementsAre(told(take(4), Outcome::Failed, "exited with status 2")));
    EXPECT_THAT(put_in(Wanted{take(4)}), ElementsAre(started(take(4), 1))) << "the caller may ask again";
}

TEST_F(ExecPlan, a_request_that_was_overtaken_is_not_tried_again)
{
    put_in(Wanted{take(4)});
    put_in(Wanted{release(4)});
    EXPECT_THAT(put_in(RunEnded{"exited with status 1", ""}),
                ElementsAre(told(take(4), Outcome::Superseded, "exited with status 1"), started(release(4), 1)));
}

TEST_F(ExecPlan, a_newer_request_does_not_wait_for_a_pause)
{
    put_in(Wanted{take(4)});
    put_in(RunEnded{"exited with status 1", ""});
    EXPECT_THAT(put_in(Wanted{release(4)}),
                ElementsAre(told(take(4), Outcome::Superseded, "a later one was asked for"), started(release(4), 1)));
}

TEST_F(ExecPlan, a_run_that_takes_too_long_is_ended_then_killed_and_counts_as_failed)
{
    put_in(Wanted{take(4)});
    EXPECT_THAT(at_alarm(), ElementsAre(ExecAction{EndRun{.by_force = false}}));
    EXPECT_THAT(at_alarm(), ElementsAre(ExecAction{EndRun{.by_force = true}}));
    EXPECT_EQ(alarm_of(state), std::nullopt) << "nothing more can be done but wait for its end";
    EXPECT_THAT(put_in(RunEnded{"was killed by signal 9", ""}),
                ElementsAre(told(take(4), Outcome::Retrying, "took longer than its time: was killed by signal 9")));
    at_alarm();
    EXPECT_THAT(at_alarm(), ElementsAre(ExecAction{EndRun{.by_force = false}})) << "the next run is asked kindly first";
}

} // namespace
} // namespace linkspan::takeover
