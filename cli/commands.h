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
inline constexpr int exit_changes = 2;     ///< plan: there is something to do; egress why: it is not allowed
inline constexpr int exit_unreachable = 3; ///< status: the agent does not answer

/// Does what is asked.
[[nodiscard]] Outcome run(const Request& request, const Style& style);

/// `linkspan check`: local, asks nobody.
[[nodiscard]] Outcome check(const Request& request, const Style& style);

/// `linkspan egress learned | why | discover`: an answer of the agent.
class Client;
[[nodiscard]] Outcome egress(const Request& request, Client& agent);

/// `linkspan egress log`: reads the journal, asks nobody. With `follow` it prints until its output is gone.
[[nodiscard]] Outcome egress_log(const Request& request);

/// An Error as a command leaves it behind.
[[nodiscard]] Outcome fail(const Request& request, const Error& error);

} // namespace linkspan::cli
