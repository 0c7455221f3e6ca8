#pragma once

#include "base/error.h"

#include <chrono>
#include <string>
#include <string_view>

namespace linkspan::config {

/// "45s", "30m", "4h", "1h30m", "1d": whole numbers with units that grow smaller from left to right.
[[nodiscard]] Result<std::chrono::seconds> parse_duration(std::string_view text);

/// "200ms", "2s": one whole number with one of the two units.
[[nodiscard]] Result<std::chrono::milliseconds> parse_milliseconds(std::string_view text);

/// The shortest text that parse_duration reads back: "1h30m".
[[nodiscard]] std::string duration_text(std::chrono::seconds duration);

} // namespace linkspan::config
