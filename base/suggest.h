#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace linkspan {

/// The candidate closest to a mistyped word, or nothing where none is close enough to be meant
/// (Damerau-Levenshtein distance at most a third of the word, at least 1).
[[nodiscard]] std::optional<std::string_view> suggest(std::string_view word,
                                                      std::span<const std::string_view> candidates);

} // namespace linkspan
