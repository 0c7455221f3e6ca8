#include "config/document.h"
#include "config/scan.h"

#include <algorithm>
#include <array>

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace linkspan::config {
namespace {

Span span_of(const toml::source_region& region)
{
    Span span{region.begin.line, region.begin.column};
    if (region.end.line > region.begin.line)
        span.last_line = region.end.line;
    else if (region.end.column > region.begin.column)
        span.length = region.end.column - region.begin.column;
    return span;
}

Table table_of(toml::table& from);

Value value_of(toml::node& from)
{
    Value value{span_of(from.source()), {}};
    switch (from.type()) {
    case toml::node_type::string: value.content = std::move(**from.as_string()); break;
    case toml::node_type::integer: value.content = **from.as_integer(); break;
    case toml::node_type::boolean: value.content = **from.as_boolean(); break;
    case toml::node_type::table: value.content = table_of(*from.as_table()); break;
    case toml::node_type::array: {
        auto& array = value.content.emplace<Array>();
        array.reserve(from.as_array()->size());
        for (auto& element : *from.as_array()) array.push_back(value_of(element));
        break;
    }
    case toml::node_type::floating_point: value.content = Unusable{"a number with a decimal point"}; break;
    case toml::node_type::date: value.content = Unusable{"a date"}; break;
    case toml::node_type::time: value.content = Unusable{"a time of day"}; break;
    default: value.content = Unusable{"a date and time"}; break;
    }
    return value;
}

Table table_of(toml::table& from)
{
    Table table;
    table.reserve(from.size());
    for (auto&& [key, node] : from) table.push_back({std::string{key.str()}, span_of(key.source()), value_of(node)});
    return table;
}

/// The usual mistakes in words for people; `sign` is a part of the library's description.
struct Mistake {
    std::string_view sign;
    std::string_view message;
    std::string_view help;
};
constexpr std::array mistakes{
    Mistake{"unescaped control characters", "a string is not closed before the end of its line",
            "end it with the quote it began with"},
    Mistake{"could not determine value type", "this is neither a string nor a number nor true or false",
            "put text in double quotes"},
    Mistake{"cannot redefine existing", "this key is written twice", "remove one of the two"},
    Mistake{"expected '='", "a key is written without `=` and its value", "write `key = value`"},
    Mistake{"expected comma or closing ']'", "an array goes on without a comma, or is never closed",
            "put a comma between two values and `]` behind the last"},
    Mistake{"parsing table header: expected ']'", "a table's name is not closed",
            "close it as it was opened: `[gateway]`, `[[connection]]`"},
};

constexpr std::string_view secret_help =
    "a secret is named, like `psk = { credential = \"azure-hub.psk\" }`, and has no "
    "place in this file";

Diagnostic syntax_error(const Source& source, const toml::parse_error& error, std::shared_ptr<const std::string> file)
{
    const auto& at = error.source().begin;
    Diagnostic found{.pos = {std::move(file), at.line, at.column}};
    found.secret = may_show_secret(line_of(source.text, at.line));
    const auto description = error.description();
    const auto* known = std::ranges::find_if(mistakes, [&](const Mistake& m) { return description.contains(m.sign); });
    if (known != mistakes.end()) {
        found.message = "syntax: " + std::string{known->message};
        found.help = std::string{found.secret ? secret_help : known->help} +
                     "; the rest of this file is checked once it can be read";
        return found;
    }
    // The library's words may quote the text.
    found.message = "syntax: " + (found.secret ? "this is not TOML" : printable(description));
    found.help = "strings stand in double quotes, lists in [ ], one `key = value` per line; the rest of this file is "
                 "checked once it can be read";
    return found;
}

} // namespace

Document parse_document(const Source& source, Diagnostics& diagnostics)
{
    Document document{std::make_shared<const std::string>(source.path), {}};
    if (const auto fault = find_fault(source.text)) {
        add_error(diagnostics, {document.file, fault->span.line, fault->span.column}, 1, std::string{fault->message},
                  std::string{fault->help});
        return document;
    }
    auto parsed = toml::parse(std::string_view{source.text}, std::string_view{});
    if (parsed)
        document.root = table_of(parsed.table());
    else
        diagnostics.push_back(syntax_error(source, parsed.error(), document.file));
    return document;
}

} // namespace linkspan::config
