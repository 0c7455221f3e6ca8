#pragma once

#include <string>

namespace linkspan::cli {

/// A refusal as the journal has it, in the fields EGRESS_… of linkspand (docs/json.md).
struct RefusalEntry {
    std::string when = {}; ///< RFC 3339, UTC
    std::string message = {};
    std::string source = {};
    std::string destination = {};
    std::string protocol = {};
    std::string port = {};
    std::string name = {};
    std::string tag = {};
    std::string rule = {};
    std::string why = {};
};

/// One line each; no control characters, for hosts choose the names.
[[nodiscard]] std::string render_refusal(const RefusalEntry& entry);
[[nodiscard]] std::string json_of(const RefusalEntry& entry);

} // namespace linkspan::cli
