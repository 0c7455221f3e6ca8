#pragma once

#include "config/document.h"

#include <optional>
#include <string>
#include <string_view>

namespace linkspan::config {

/// Why a text may not be given to the TOML library at all.
struct TextFault {
    Span span = {};
    std::string_view message = {};
    std::string_view help = {};
};

/// Length in bytes of the UTF-8 sequence at the start of `text`, 0 where it is not one (RFC 3629: shortest form, no
/// surrogates, nothing above U+10FFFF).
[[nodiscard]] std::size_t utf8_length(std::string_view text);

/// The text with a '?' for all that a terminal could obey: C0 and C1 control characters and broken UTF-8.
[[nodiscard]] std::string printable(std::string_view text);

/// The first thing the library cannot be trusted with: a byte that is not UTF-8, a character that is not ASCII outside
/// of strings and comments, a table header without a name, a string of several lines, or a key of so many dotted parts
/// that recursion over them could exhaust the stack.
[[nodiscard]] std::optional<TextFault> find_fault(std::string_view text);

/// True for keys like psk, secret and password, mistyped ones included.
[[nodiscard]] bool names_secret(std::string_view key);

/// True where a line names a secret and goes on with anything but `{ credential = ` or `{ file = `, so quoting it could
/// show the secret. Meant to be wrong on the safe side.
[[nodiscard]] bool may_show_secret(std::string_view line);

/// The line (counting from 1) without its end, empty where there is none.
[[nodiscard]] std::string_view line_of(std::string_view text, std::uint32_t line);

} // namespace linkspan::config
