#pragma once

#include "base/error.h"
#include "config/document.h"
#include "config/keys.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace linkspan::config {

/// A string of the file and where it stands.
struct Written {
    std::string text = {};
    Span span = {};
};

/// Reads values of one file and notes what is wrong with them. The functions that answer with an optional have
/// already said why where they answer with nothing.
class Reader {
public:
    Reader(std::shared_ptr<const std::string> file, Diagnostics& diagnostics)
        : file_(std::move(file)), diagnostics_(diagnostics)
    {
    }

    Diagnostic& error(const Span& at, std::string message, std::string help);
    Diagnostic& warning(const Span& at, std::string message, std::string help);

    [[nodiscard]] std::optional<Written> text(const Key& key, const Value& value);
    [[nodiscard]] std::vector<Written> texts(const Key& key, const Value& value);
    [[nodiscard]] std::optional<bool> boolean(const Key& key, const Value& value);
    [[nodiscard]] std::optional<std::int64_t> integer(const Key& key, const Value& value);
    [[nodiscard]] std::optional<std::chrono::seconds> duration(const Key& key, const Value& value);
    /// As parse_milliseconds has it, from `least` to `most`.
    [[nodiscard]] std::optional<std::chrono::milliseconds>
    interval(const Key& key, const Value& value, std::chrono::milliseconds least, std::chrono::milliseconds most);
    /// The index within key.words.
    [[nodiscard]] std::optional<std::size_t> word(const Key& key, const Value& value);
    /// `T::parse` of the string; its error becomes ours, with the key's example as help.
    template <typename T>
    [[nodiscard]] std::optional<T> parsed(const Key& key, const Written& text)
    {
        if (auto value = T::parse(text.text))
            return *std::move(value);
        else
            error(text.span, "`" + std::string{key.name} + "`: " + value.error().what, example(key));
        return {};
    }

    void wrong_type(const Key& key, const Value& value);
    /// Reports a key that is not one, and answers which of `known` was probably meant.
    std::optional<std::string_view> unknown_key(const Entry& entry, std::string_view header,
                                                std::span<const std::string_view> known,
                                                std::span<const std::string_view> later);

    [[nodiscard]] SourcePos pos(const Span& at) const { return {file_, at.line, at.column}; }
    [[nodiscard]] const std::shared_ptr<const std::string>& file() const { return file_; }
    /// "write it like `peer = "198.51.100.7"`"
    [[nodiscard]] static std::string example(const Key& key);

private:
    [[nodiscard]] bool usable(const Key& key, const std::string& text, const Span& at);

    std::shared_ptr<const std::string> file_;
    Diagnostics& diagnostics_;
};

/// A key and the function that reads its value into a T.
template <typename T>
struct Field {
    Key key;
    void (*read)(Reader&, const Key&, const Value&, T&);
};

/// The fields of a table whose readers stand in several files.
template <typename T, std::size_t N, std::size_t M>
constexpr std::array<Field<T>, N + M> joined(const std::array<Field<T>, N>& first,
                                             const std::array<Field<T>, M>& second)
{
    std::array<Field<T>, N + M> all;
    std::ranges::copy(first, all.begin());
    std::ranges::copy(second, all.begin() + N);
    return all;
}

/// Reads a table by its fields: every key by its own function, unknown and missing ones reported. `at` is where the
/// table begins. Answers which fields were there, in whatever state.
template <typename T, std::size_t N>
std::array<bool, N> read_fields(Reader& reader, std::string_view header, const std::array<Field<T>, N>& fields,
                                std::span<const std::string_view> later, const Table& table, const Span& at, T& into)
{
    std::array<std::string_view, N> names;
    for (std::size_t i = 0; i < N; ++i) names[i] = fields[i].key.name;
    const auto index_of = [&](std::string_view name) {
        return static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
    };
    std::array<bool, N> seen{}; // or mistyped, which is said once
    for (const auto& entry : table) {
        if (const auto i = index_of(entry.key); i < N) {
            seen[i] = true;
            fields[i].read(reader, fields[i].key, entry.value, into);
        } else if (const auto meant = reader.unknown_key(entry, header, names, later)) {
            seen[index_of(*meant)] = true;
        }
    }
    for (std::size_t i = 0; i < N; ++i)
        if (fields[i].key.required && !seen[i])
            reader.error(at, std::string{header} + " has no `" + std::string{fields[i].key.name} + "`",
                         "add `" + std::string{fields[i].key.name} + " = " + std::string{fields[i].key.example} + "`");
    return seen;
}

template <typename T, std::size_t N>
KeyTable key_table(std::string_view header, const std::array<Field<T>, N>& fields,
                   std::span<const std::string_view> later)
{
    KeyTable table{header, {}, later};
    for (const auto& field : fields) table.keys.push_back(field.key);
    return table;
}

/// Text from a file as a message may show it: in quotes, control characters replaced, long text cut.
[[nodiscard]] std::string in_quotes(std::string_view text);

/// "a, b or c", each in backquotes.
[[nodiscard]] std::string one_of(std::span<const std::string_view> words);

} // namespace linkspan::config
