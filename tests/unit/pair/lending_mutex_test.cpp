#include "pair/lending_mutex.h"

#include "pair/haste.h"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>

namespace linkspan::pair {
namespace {

/// As proc(5) has it: negative of a real-time thread, and of one that was lent that.
long priority()
{
    std::ifstream file{"/proc/thread-self/stat"};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    std::istringstream behind_the_name{text.substr(text.rfind(')') + 1)};
    std::string field;
    for (int number = 3; number <= 18; ++number) behind_the_name >> field;
    return std::stol(field);
}

bool may_be_real_time()
{
    bool may_be = false;
    std::thread{[&] {
        hurry(Haste::First);
        may_be = priority() < 0;
    }}.join();
    return may_be;
}

TEST(LendingMutex, ItsHolderHasTheHasteOfWhoWaits)
{
    if (!may_be_real_time()) GTEST_SKIP() << "needs CAP_SYS_NICE or RLIMIT_RTPRIO";
    LendingMutex mutex;
    std::unique_lock lock{mutex};
    ASSERT_GE(priority(), 0);
    std::atomic<bool> had_it = false;
    std::thread waits{[&] {
        hurry(Haste::First);
        const std::lock_guard after{mutex};
        had_it = true;
    }};
    while (priority() >= 0) std::this_thread::yield(); // the test's own limit ends what never comes
    EXPECT_FALSE(had_it);
    lock.unlock();
    waits.join();
    EXPECT_TRUE(had_it);
    EXPECT_GE(priority(), 0) << "it was only lent";
}

} // namespace
} // namespace linkspan::pair
