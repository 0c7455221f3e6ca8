#pragma once

#include "config/source_pos.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace linkspan::config {

enum class Severity { Error, Warning };

/// One thing that is wrong with the files, at the place where it is written.
struct Diagnostic {
    Severity severity = Severity::Error;
    SourcePos pos = {};
    std::uint32_t length = 1;    ///< characters to underline
    std::string message = {};    ///< what is wrong
    std::string help = {};       ///< what would be right
    bool secret = false;         ///< the text there may be a secret: no line of it is ever shown
    std::uint32_t last_line = 0; ///< where the text at `pos` ends, if on a later line; else 0
};

using Diagnostics = std::vector<Diagnostic>;

/// A file's text, as `load` is given it and as `render` quotes from it.
struct Source {
    std::string path = {};
    std::string text = {};
};

/// Appends an error; the caller may add to it. (Member by member: GCC 12 takes a whole Diagnostic within push_back for
/// uninitialised.)
Diagnostic& add_error(Diagnostics& diagnostics, SourcePos pos, std::uint32_t length, std::string message,
                      std::string help);

[[nodiscard]] bool has_errors(const Diagnostics& diagnostics);

/// For people: `file:line:column: error: ...`, the line, a caret under what is meant, `help: ...`, and the number of
/// errors and warnings at the end. Empty where there is nothing to say. A line marked secret is not quoted, whoever
/// refers to it; control characters in a file never reach the terminal.
[[nodiscard]] std::string render(const Diagnostics& diagnostics, std::span<const Source> sources, bool colour);

} // namespace linkspan::config
