#include "config/scan.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace linkspan::config {
namespace {

constexpr std::size_t deepest_key = 64; ///< dotted parts; linkspan itself needs three

std::optional<TextFault> find_bad_utf8(std::string_view text)
{
    Span at{1, 1};
    for (std::size_t i = 0; i < text.size();) {
        const auto length = utf8_length(text.substr(i));
        if (length == 0)
            return TextFault{at, "this byte is not UTF-8 text", "save the file as UTF-8, or retype the character"};
        ++at.column;
        if (text[i] == '\n') at = {at.line + 1, 1};
        i += length;
    }
    return {};
}

/// Position behind the string that starts at `i`, which ends at its line's end at the latest.
std::size_t skip_string(std::string_view text, std::size_t i)
{
    const char quote = text[i++];
    for (; i < text.size(); ++i) {
        if (quote == '"' && text[i] == '\\')
            ++i;
        else if (text[i] == quote || text[i] == '\n')
            return i + 1;
    }
    return text.size();
}

/// True for a '[' at the start of a line that no name follows: "[[[".
bool is_nameless_header(std::string_view line)
{
    line.remove_prefix(1);
    if (!line.starts_with(' ') && !line.starts_with('\t') && line.starts_with('[')) line.remove_prefix(1);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    const auto next = line.empty() ? ']' : line.front();
    return !std::isalnum(static_cast<unsigned char>(next)) && !std::string_view{"_-\"']"}.contains(next);
}

TextFault fault_at(std::string_view text, std::size_t i, std::string_view message, std::string_view help)
{
    const auto line = 1 + std::ranges::count(text.substr(0, i), '\n');
    const auto begin = text.substr(0, i).rfind('\n') + 1; // npos + 1 = 0
    const auto column =
        1 + std::ranges::count_if(text.substr(begin, i - begin), [](unsigned char c) { return (c & 0xc0) != 0x80; });
    return {{static_cast<std::uint32_t>(line), static_cast<std::uint32_t>(column)}, message, help};
}

/// What may stand neither in a key nor in a value that is not a string; `text` from `i` on is outside of both strings
/// and comments.
std::optional<TextFault> find_fault_at(std::string_view text, std::size_t i, bool is_line_start)
{
    const char c = text[i];
    if (c == '[' && is_line_start && is_nameless_header(text.substr(i)))
        return fault_at(text, i, "syntax: a table without a name", "name it: `[gateway]`, `[ike]`, `[[connection]]`");
    if (text.substr(i, 3) == R"(""")" || text.substr(i, 3) == "'''")
        return fault_at(text, i, "a string of several lines",
                        "every value of linkspan fits one line: begin and end it with one quote");
    if (static_cast<unsigned char>(c) >= 0x80)
        return fault_at(
            text, i, "syntax: a character here that is not ASCII",
            "keys are plain letters, and strings stand in straight double quotes (\"), not typographic ones");
    return {};
}

/// Skips strings and comments. What the library (toml++ 3.3) meets with an assertion or, built without, with undefined
/// behaviour is refused here: nameless headers, non-ASCII outside of strings, and strings of several lines, which it
/// may read wrongly where a line of them begins with such a character (its issues 190 and 295, its pull request 301).
std::optional<TextFault> find_bad_syntax(std::string_view text)
{
    std::size_t dots = 0;
    bool is_line_start = true;
    for (std::size_t i = text.starts_with("\xef\xbb\xbf") ? 3 : 0; i < text.size();) {
        if (auto fault = find_fault_at(text, i, is_line_start)) return fault;
        const char c = text[i];
        is_line_start = c == '\n' || (is_line_start && (c == ' ' || c == '\t'));
        if (c == '"' || c == '\'') {
            i = skip_string(text, i);
            is_line_start = text[i - 1] == '\n';
            continue;
        }
        if (c == '#') {
            i = std::min(text.find('\n', i), text.size());
            continue;
        }
        if (std::string_view{"=,[]{}\n"}.contains(c)) dots = 0;
        if (c == '.' && ++dots == deepest_key)
            return fault_at(text, i, "a key of more than 64 parts",
                            "linkspan has no key like this; see linkspan.toml(5)");
        ++i;
    }
    return {};
}

} // namespace

std::size_t utf8_length(std::string_view text)
{
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto follows = [&](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
    const unsigned first = byte(0);
    const unsigned second = byte(1);
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
    if ((first & 0xf0) == 0xe0) {
        const bool allowed = (first != 0xe0 || second >= 0xa0) && (first != 0xed || second < 0xa0);
        return allowed && follows(1) && follows(2) ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        const bool allowed = (first != 0xf0 || second >= 0x90) && (first != 0xf4 || second < 0x90);
        return allowed && follows(1) && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

std::string printable(std::string_view text)
{
    std::string shown;
    while (!text.empty()) {
        const auto length = std::max<std::size_t>(utf8_length(text), 1);
        const auto byte = static_cast<unsigned char>(text.front());
        const bool is_c1 = length == 2 && byte == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0;
        const bool is_plain = length > 1 ? !is_c1 : byte >= 0x20 && byte < 0x7f;
        shown += is_plain ? text.substr(0, length) : "?";
        text.remove_prefix(length);
    }
    return shown;
}

std::optional<TextFault> find_fault(std::string_view text)
{
    if (auto fault = find_bad_utf8(text)) return fault;
    return find_bad_syntax(text);
}

bool names_secret(std::string_view key)
{
    std::string lower{key};
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    constexpr std::array<std::string_view, 7> words{"psk", "pks", "spk", "secret", "passw", "passphrase", "shared"};
    return std::ranges::any_of(words, [&](std::string_view word) { return lower.contains(word); });
}

bool may_show_secret(std::string_view line)
{
    // With an open string, what is inside and what is outside of quotes cannot be told.
    const bool is_open = std::ranges::count(line, '"') % 2 != 0 || std::ranges::count(line, '\'') % 2 != 0;
    if (is_open && names_secret(line)) return true;
    for (std::size_t i = 0; i < line.size();) {
        const bool is_string = line[i] == '"' || line[i] == '\'';
        const auto end =
            is_string ? skip_string(line, i) : std::min(line.find_first_of("\"' \t={.,", i + 1), line.size());
        const auto word = line.substr(i, end - i);
        i = end;
        auto rest = line.substr(std::min(line.find_first_not_of(" \t", end), line.size()));
        if (!names_secret(word) || (is_string && !rest.starts_with('='))) continue;
        rest.remove_prefix(std::min(rest.find_first_not_of(" \t=."), rest.size()));
        if (rest.starts_with('{')) rest.remove_prefix(std::min(rest.find_first_not_of(" \t{"), rest.size()));
        if (!rest.empty() && !rest.starts_with("credential") && !rest.starts_with("file")) return true;
    }
    return false;
}

std::string_view line_of(std::string_view text, std::uint32_t line)
{
    std::size_t begin = 0;
    for (std::uint32_t i = 1; i < line; ++i) {
        begin = text.find('\n', begin);
        if (begin == std::string_view::npos) return {};
        ++begin;
    }
    auto found = text.substr(begin, text.find('\n', begin) - begin);
    if (found.ends_with('\r')) found.remove_suffix(1);
    return found;
}

} // namespace linkspan::config
