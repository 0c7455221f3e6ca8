#pragma once

#include "base/clock.h"

#include <optional>
#include <string_view>

namespace linkspan::takeover {

/// "2026-11-28T22:00:00Z"; fractions of seconds are skipped. UTC only.
[[nodiscard]] std::optional<WallTime> iso_time(std::string_view text);

} // namespace linkspan::takeover
