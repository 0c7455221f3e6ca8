#pragma once

#include <chrono>
#include <functional>

namespace linkspan::pair {

/// For how long, since boot, the machine was suspended while its monotonic clock stood still. Never goes back.
using Asleep = std::function<std::chrono::nanoseconds()>;

/// As the kernel tells: CLOCK_BOOTTIME goes on meanwhile, CLOCK_MONOTONIC does not (clock_gettime(2)).
[[nodiscard]] std::chrono::nanoseconds time_asleep();

} // namespace linkspan::pair
