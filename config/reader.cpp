#include "config/reader.h"

#include "base/suggest.h"
#include "config/duration.h"
#include "config/scan.h"

#include <algorithm>

namespace linkspan::config {
namespace {

constexpr std::size_t longest_text = 255; ///< bytes; no key of ours needs more

std::string_view article(Shape shape)
{
    switch (shape) {
    case Shape::Text: return "a string";
    case Shape::Texts: return "an array of strings";
    case Shape::TextOrTexts: return "a string or an array of strings";
    case Shape::Boolean: return "true or false";
    case Shape::Integer: return "an integer";
    case Shape::Duration: return "a duration";
    case Shape::Group: return "a table";
    case Shape::Groups: return "a list of tables";
    case Shape::Networks: return "a table of networks";
    case Shape::Port: return "a port or a range of ports";
    }
    return "something else";
}

std::string_view type_of(const Value& value)
{
    struct Name {
        std::string_view operator()(const Unusable& other) const { return other.name; }
        std::string_view operator()(bool) const { return "true or false without quotes"; }
        std::string_view operator()(std::int64_t) const { return "an integer"; }
        std::string_view operator()(const std::string&) const { return "a string"; }
        std::string_view operator()(const Array&) const { return "an array"; }
        std::string_view operator()(const Table&) const { return "a table"; }
    };
    return std::visit(Name{}, value.content);
}

std::string limit_text(const Key& key, std::int64_t limit)
{
    return key.shape == Shape::Duration ? duration_text(std::chrono::seconds{limit}) : std::to_string(limit);
}

std::string ticked(std::string_view text)
{
    return "`" + std::string{text} + "`";
}

} // namespace

Diagnostic& Reader::error(const Span& at, std::string message, std::string help)
{
    auto& added = add_error(diagnostics_, pos(at), at.length, std::move(message), std::move(help));
    added.last_line = at.last_line;
    return added;
}

Diagnostic& Reader::warning(const Span& at, std::string message, std::string help)
{
    auto& added = error(at, std::move(message), std::move(help));
    added.severity = Severity::Warning;
    return added;
}

std::string Reader::example(const Key& key)
{
    return "write it like `" + std::string{key.name} + " = " + std::string{key.example} + "`";
}

void Reader::wrong_type(const Key& key, const Value& value)
{
    auto help = example(key);
    if (const auto* text = std::get_if<std::string>(&value.content); text && key.shape == Shape::Texts)
        help = "put it in brackets: `" + std::string{key.name} + " = [" + in_quotes(*text) + "]`";
    error(value.span,
          ticked(key.name) + " must be " + std::string{article(key.shape)} + ", and this is " +
              std::string{type_of(value)},
          std::move(help));
}

bool Reader::usable(const Key& key, const std::string& text, const Span& at)
{
    if (text.empty()) {
        error(at, ticked(key.name) + " is empty", example(key) + (key.required ? "" : ", or leave the key out"));
    } else if (text.size() > longest_text) {
        error(at, ticked(key.name) + " is " + std::to_string(text.size()) + " bytes long, and 255 is the limit",
              "shorten it");
    } else if (text.find_first_of(std::string_view{"\x7f\0", 2}) != std::string::npos ||
               std::string_view{text}.find_first_not_of(" ") == std::string_view::npos ||
               std::ranges::any_of(text, [](unsigned char c) { return c < 0x20; })) {
        error(at, ticked(key.name) + " has a control character in it, or nothing but spaces",
              "write it as plain text on one line");
    } else {
        return true;
    }
    return false;
}

std::optional<Written> Reader::text(const Key& key, const Value& value)
{
    const auto* text = std::get_if<std::string>(&value.content);
    if (!text) return wrong_type(key, value), std::nullopt;
    if (!usable(key, *text, value.span)) return {};
    return Written{*text, value.span};
}

std::vector<Written> Reader::texts(const Key& key, const Value& value)
{
    std::vector<Written> all;
    const auto* array = std::get_if<Array>(&value.content);
    if (key.shape == Shape::TextOrTexts && !array) {
        if (auto one = text(key, value)) all.push_back(*std::move(one));
        return all;
    }
    if (!array) return wrong_type(key, value), all;
    if (array->empty() && key.required) error(value.span, ticked(key.name) + " is empty", example(key));
    for (const auto& element : *array)
        if (auto one = text(key, element)) all.push_back(*std::move(one));
    return all;
}

std::optional<bool> Reader::boolean(const Key& key, const Value& value)
{
    if (const auto* found = std::get_if<bool>(&value.content)) return *found;
    wrong_type(key, value);
    return {};
}

std::optional<std::int64_t> Reader::integer(const Key& key, const Value& value)
{
    const auto* found = std::get_if<std::int64_t>(&value.content);
    if (!found) return wrong_type(key, value), std::nullopt;
    if (*found >= key.least && *found <= key.most) return *found;
    error(value.span, ticked(key.name) + " is " + std::to_string(*found) + ", out of range",
          "give a number from " + limit_text(key, key.least) + " to " + limit_text(key, key.most));
    return {};
}

std::optional<std::chrono::seconds> Reader::duration(const Key& key, const Value& value)
{
    std::chrono::seconds found{0};
    if (const auto* seconds = std::get_if<std::int64_t>(&value.content)) {
        found = std::chrono::seconds{*seconds};
    } else if (const auto* text = std::get_if<std::string>(&value.content)) {
        const auto parsed = parse_duration(*text);
        if (!parsed) {
            error(value.span, ticked(key.name) + ": " + in_quotes(*text) + " is not a duration", parsed.error().what);
            return {};
        }
        found = *parsed;
    } else {
        wrong_type(key, value);
        return {};
    }
    if (found.count() >= key.least && found.count() <= key.most) return found;
    error(value.span, ticked(key.name) + " is out of range",
          "give a duration from \"" + limit_text(key, key.least) + "\" to \"" + limit_text(key, key.most) + "\"");
    return {};
}

std::optional<std::chrono::milliseconds>
Reader::interval(const Key& key, const Value& value, std::chrono::milliseconds least, std::chrono::milliseconds most)
{
    const auto written = text(key, value);
    if (!written) return {};
    const auto found = parse_milliseconds(written->text);
    if (found && *found >= least && *found <= most) return *found;
    const auto said = [](std::chrono::milliseconds time) {
        return time.count() % 1000 ? std::to_string(time.count()) + "ms" : std::to_string(time.count() / 1000) + "s";
    };
    if (found)
        error(written->span, ticked(key.name) + " is out of range",
              "give one from \"" + said(least) + "\" to \"" + said(most) + "\"");
    else
        error(written->span, ticked(key.name) + ": " + in_quotes(written->text) + " is no interval",
              found.error().what);
    return {};
}

std::optional<std::size_t> Reader::word(const Key& key, const Value& value)
{
    const auto found = text(key, value);
    if (!found) return {};
    for (std::size_t i = 0; i < key.words.size(); ++i)
        if (key.words[i] == found->text) return i;
    const auto near = suggest(found->text, key.words);
    error(found->span, ticked(key.name) + " cannot be " + in_quotes(found->text),
          near ? "did you mean \"" + std::string{*near} + "\"?" : "it is " + one_of(key.words));
    return {};
}

std::string in_quotes(std::string_view text)
{
    constexpr std::size_t most = 80;
    auto shown = printable(text.substr(0, most + 3));
    if (shown.size() <= most) return "\"" + shown + "\"";
    std::size_t end = most;
    while ((static_cast<unsigned char>(shown[end]) & 0xc0) == 0x80) --end; // not within a character
    return "\"" + shown.substr(0, end) + "...\"";
}

std::string one_of(std::span<const std::string_view> words)
{
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
        text += ticked(words[i]);
    }
    return text;
}

} // namespace linkspan::config
