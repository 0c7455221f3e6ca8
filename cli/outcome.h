#pragma once

#include "base/error.h"
#include "cli/request.h"

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
inline constexpr int exit_changes = 2;     ///< plan: there is something to do; egress why: it is not allowed
inline constexpr int exit_unreachable = 3; ///< status: the agent does not answer

/// An Error as the command that was asked for leaves it behind.
[[nodiscard]] Outcome fail(const Request& request, const Error& error);

} // namespace linkspan::cli
