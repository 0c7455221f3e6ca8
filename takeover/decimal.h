#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace linkspan::takeover {

/// The whole of `text` as a number; nothing where it is not one.
[[nodiscard]] inline std::optional<std::uint64_t> number_of(std::string_view text, int base = 10)
{
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc{} || end != text.data() + text.size()) return {};
    return value;
}

} // namespace linkspan::takeover
