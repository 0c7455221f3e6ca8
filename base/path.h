#pragma once

#include "base/ids.h"

#include <array>
#include <cstdint>

namespace linkspan {

/// Of a connection with a backup: which of its two tunnels. The values are those of the field below.
enum class Path : std::uint8_t { Primary = 1, Backup = 2 };
inline constexpr std::array both_paths{Path::Primary, Path::Backup};

/// What a packet's mark says about its session for the moment between prerouting, or output, and the choice of its way:
/// the tunnel that the session's questions come in by. Three bits of the mark; the others are everybody's and stay.
/// For tunnel links the routing rules below know it, in policy mode policies do.
inline constexpr std::uint32_t path_mask = 0x0700'0000;

[[nodiscard]] constexpr Mark link_path(Path path)
{
    return {static_cast<std::uint32_t>(path) << 24};
}
[[nodiscard]] constexpr Mark policy_path(Path path)
{
    return {(static_cast<std::uint32_t>(path) + 2) << 24};
}
[[nodiscard]] constexpr bool is_policy_path(Mark mark)
{
    return mark == policy_path(Path::Primary) || mark == policy_path(Path::Backup);
}

/// Where the routes by one of the two tunnels stand beside those of the main table, and the preference of the rule that
/// leads there: before the main table's 32766, and before what `ip rule add` takes by itself.
[[nodiscard]] constexpr std::uint32_t path_table(Path path)
{
    return 10800U + static_cast<std::uint32_t>(path);
}
inline constexpr std::uint32_t path_preference = 32108;

} // namespace linkspan
