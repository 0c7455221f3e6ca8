#include "pair/haste.h"

#include <gtest/gtest.h>

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <thread>

namespace linkspan::pair {
namespace {

struct Scheduled {
    int policy = 0; ///< SCHED_RESET_ON_FORK included
    int nice = 0;
    bool operator==(const Scheduled&) const = default;
};

Scheduled scheduled()
{
    return {::sched_getscheduler(0), ::getpriority(PRIO_PROCESS, 0)};
}

/// What `work` answers on a thread of its own, for no thread takes its haste back.
template <typename Work>
auto on_a_thread(Work work)
{
    decltype(work()) answer{};
    std::thread{[&] { answer = work(); }}.join();
    return answer;
}

bool may_be_real_time()
{
    return on_a_thread([] {
        const sched_param lowest{.sched_priority = 1};
        return ::sched_setscheduler(0, SCHED_RR, &lowest) == 0;
    });
}

TEST(Haste, TheFirstIsRealTimeWhereItMayBe)
{
    if (!may_be_real_time()) GTEST_SKIP() << "needs CAP_SYS_NICE or RLIMIT_RTPRIO";
    const auto first = on_a_thread([] { return hurry(Haste::First), scheduled(); });
    EXPECT_EQ(first.policy, SCHED_RR | SCHED_RESET_ON_FORK);
}

TEST(Haste, WhatTheFirstStartsIsAsTheProcess)
{
    if (!may_be_real_time()) GTEST_SKIP() << "needs CAP_SYS_NICE or RLIMIT_RTPRIO";
    const auto started = on_a_thread([] { return hurry(Haste::First), on_a_thread(scheduled); });
    EXPECT_EQ(started, scheduled());
}

TEST(Haste, IsOfOneThreadAlone)
{
    const auto before = scheduled();
    on_a_thread([] { return hurry(Haste::First), 0; });
    on_a_thread([] { return hurry(Haste::Ahead), 0; });
    EXPECT_EQ(scheduled(), before);
}

TEST(Haste, OfTheProcessItIsAgain)
{
    EXPECT_EQ(on_a_thread([] { return hurry(Haste::Ahead), hurry(Haste::Process), scheduled(); }), scheduled());
}

} // namespace
} // namespace linkspan::pair
