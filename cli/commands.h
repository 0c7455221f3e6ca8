#pragma once

#include "cli/request.h"
#include "cli/style.h"

#include <string>

namespace linkspan::cli {

/// What a command leaves behind.
struct Outcome {
    int status = 0;
    std::string out = {}; ///< for standard output
    std::string err = {}; ///< for standard error
};

/// Exit statuses, the same for scripts in every version (linkspan(8)).
inline constexpr int exit_ok = 0;
inline constexpr int exit_error = 1;
inline constexpr int exit_changes = 2;     ///< plan: there is something to do
inline constexpr int exit_unreachable = 3; ///< status: the agent does not answer

/// Does what is asked.
[[nodiscard]] Outcome run(const Request& request, const Style& style);

/// `linkspan check`: local, asks nobody.
[[nodiscard]] Outcome check(const Request& request, const Style& style);

} // namespace linkspan::cli
