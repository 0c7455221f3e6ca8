#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace linkspan::takeover {

/// What is kept of a program's output or of somebody's answer: its last bytes.
inline constexpr std::size_t most_output = 4096;

/// One line of printable ASCII for the journal, at most `most` bytes: the end of `text`, which says why something failed.
[[nodiscard]] std::string line_of(std::string_view text, std::size_t most = most_output);

} // namespace linkspan::takeover
