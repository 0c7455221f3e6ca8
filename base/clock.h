#pragma once

#include <chrono>
#include <functional>

namespace linkspan {

/// Time since boot, not counting suspend: what all delays and back-offs are measured in.
using Monotonic = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;
/// Time of day, for people only ("since 03:12").
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::seconds>;

/// Where code gets the time from; tests hand in their own.
struct Clock {
    std::function<Monotonic()> now;
    std::function<WallTime()> wall;
};

[[nodiscard]] inline Clock real_clock()
{
    using namespace std::chrono;
    return {[] { return Monotonic{steady_clock::now()}; },
            [] { return time_point_cast<seconds>(system_clock::now()); }};
}

} // namespace linkspan
