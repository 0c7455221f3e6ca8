#pragma once

#include "config/diagnostics.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace linkspan::config {

/// Where a key or a value stands in its file. Lines and columns count from 1, columns in characters; 0 = unknown.
struct Span {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    std::uint32_t length = 1;    ///< characters on the first line
    std::uint32_t last_line = 0; ///< where it ends, if on a later line; else 0
};

struct Value;
struct Entry;
using Array = std::vector<Value>;
using Table = std::vector<Entry>; ///< in no particular order; keys are unique

/// What TOML has and linkspan never wants: floats, dates, times. `name` says which: "a date".
struct Unusable {
    std::string_view name = {};
};

/// A TOML value and where it was written.
struct Value {
    Span span = {};
    std::variant<Unusable, bool, std::int64_t, std::string, Array, Table>
        content; ///< without `= {}`, which would need all of Entry here
};

struct Entry {
    std::string key = {};
    Span span = {}; ///< of the key
    Value value = {};
};

/// One file: what it says, free of the TOML library, which costs ten times the memory.
struct Document {
    std::shared_ptr<const std::string> file = {};
    Table root = {};
};

/// Reads one file. A syntax error is one diagnostic and leaves the document empty: what TOML cannot read, it cannot
/// read in part.
[[nodiscard]] Document parse_document(const Source& source, Diagnostics& diagnostics);

} // namespace linkspan::config
