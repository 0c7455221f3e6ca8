#include "pair/sleep.h"

#include <ctime>

namespace linkspan::pair {
namespace {

std::chrono::nanoseconds time_of(clockid_t clock)
{
    timespec time{};
    ::clock_gettime(clock, &time);
    return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

} // namespace

/// Read in this order, the difference is never negative.
std::chrono::nanoseconds time_asleep()
{
    const auto awake = time_of(CLOCK_MONOTONIC);
    return time_of(CLOCK_BOOTTIME) - awake;
}

} // namespace linkspan::pair
