#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace linkspan::takeover {

/// The pause before the attempt after number `failed` (from 1): doubles from `first` up to `most`, and `random` takes up
/// to half of it away, so that two gateways which were refused together do not come again together.
[[nodiscard]] constexpr std::chrono::nanoseconds backoff(std::uint32_t failed, std::chrono::nanoseconds first,
                                                         std::chrono::nanoseconds most, std::uint32_t random)
{
    const auto doubled = first * (std::int64_t{1} << std::min<std::uint32_t>(failed > 0 ? failed - 1 : 0, 16));
    const auto pause = std::min(doubled, most);
    return pause - pause / 2 * (random % 1024) / 1024;
}

} // namespace linkspan::takeover
