#pragma once

#include "base/clock.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace linkspan::cli {

/// Numbers for people.

/// Two largest units: "42 s", "3 min 5 s", "2 h 10 min", "12 d 4 h".
[[nodiscard]] std::string duration_text(std::uint64_t seconds);
/// Powers of 1024, one decimal: "512 B", "1.2 MiB".
[[nodiscard]] std::string bytes_text(std::uint64_t bytes);
/// "1 packet", "2 packets".
[[nodiscard]] std::string counted(std::uint64_t number, std::string_view noun);

/// RFC 3339 in UTC ("2026-11-20T11:06:57Z"); nothing for anything else.
[[nodiscard]] std::optional<WallTime> parse_time(std::string_view text);
/// "2026-11-20 11:06:57 UTC (3 min 5 s ago)"; "an unknown time" where it cannot be read.
[[nodiscard]] std::string moment_text(std::string_view rfc3339, WallTime now);
/// "3 min 5 s", or "-".
[[nodiscard]] std::string age_text(std::string_view rfc3339, WallTime now);

} // namespace linkspan::cli
