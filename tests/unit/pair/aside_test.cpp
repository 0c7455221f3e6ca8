#include "pair/aside.h"

#include <future>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::pair {
namespace {

using testing::ElementsAre;
using Counted = Aside<int, int>;

/// A descriptor that nothing is ever to be read from.
Fd quiet()
{
    return Fd{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
}

void wait_for(const Counted& aside)
{
    pollfd ready{aside.descriptor(), POLLIN, 0};
    ::poll(&ready, 1, -1);
}

/// Until so many have come.
std::vector<int> answers(Counted& aside, std::size_t count)
{
    std::vector<int> all;
    while (all.size() < count) {
        wait_for(aside);
        for (const int one : aside.take()) all.push_back(one);
    }
    return all;
}

TEST(Aside, AnswersWhatItIsAsked)
{
    const auto descriptor = quiet();
    auto aside = Counted::start({descriptor.get(), [](std::optional<int> order) {
                                     return order ? std::vector{*order, *order + 1} : std::vector<int>{};
                                 }});
    ASSERT_TRUE(aside);
    (*aside)->ask(7);
    EXPECT_THAT(answers(**aside, 2), ElementsAre(7, 8));
    (*aside)->ask(1);
    EXPECT_THAT(answers(**aside, 2), ElementsAre(1, 2));
}

TEST(Aside, WhoAsksNeverWaitsAndOnlyTheNewestOrderIsKept)
{
    const auto descriptor = quiet();
    std::promise<void> begun, go;
    auto aside =
        Counted::start({descriptor.get(), [&, gate = go.get_future(), first = true](std::optional<int> order) mutable {
                            if (!order) return std::vector<int>{};
                            if (std::exchange(first, false)) {
                                begun.set_value();
                                gate.wait(); // as a process that is slow to start
                            }
                            return std::vector{*order};
                        }});
    ASSERT_TRUE(aside);
    (*aside)->ask(1);
    begun.get_future().wait();
    (*aside)->ask(2);
    (*aside)->ask(3);
    EXPECT_TRUE((*aside)->take().empty()) << "the first is still under way";
    go.set_value();
    EXPECT_THAT(answers(**aside, 2), ElementsAre(1, 3));
}

TEST(Aside, WhatIsDueWithoutAnOrderIsDone)
{
    const Fd alarm{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    auto aside = Counted::start({alarm.get(), [&](std::optional<int>) {
                                     std::uint64_t count = 0;
                                     const auto size = ::read(alarm.get(), &count, sizeof count);
                                     return size > 0 ? std::vector{static_cast<int>(count)} : std::vector<int>{};
                                 }});
    ASSERT_TRUE(aside);
    const std::uint64_t five = 5;
    ASSERT_EQ(::write(alarm.get(), &five, sizeof five), static_cast<ssize_t>(sizeof five));
    EXPECT_THAT(answers(**aside, 1), ElementsAre(5));
}

/// libcurl's handles and processes of ours are ended by the thread that began them.
TEST(Aside, TheWorkEndsOnItsThread)
{
    struct Worker {
        std::promise<std::thread::id>* ended;
        ~Worker() { ended->set_value(std::this_thread::get_id()); }
    };
    const auto descriptor = quiet();
    std::promise<std::thread::id> ended;
    auto aside = Counted::start({descriptor.get(), [worker = std::make_unique<Worker>(&ended)](std::optional<int>) {
                                     return std::vector<int>{};
                                 }});
    ASSERT_TRUE(aside);
    aside->reset();
    EXPECT_NE(ended.get_future().get(), std::this_thread::get_id());
}

} // namespace
} // namespace linkspan::pair
