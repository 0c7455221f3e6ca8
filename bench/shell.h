#pragma once

#include <string>
#include <vector>

namespace linkspan::bench {

/// Runs a program found in PATH, in this network namespace, without output on its standard output. True where it
/// ended with exit status 0.
[[nodiscard]] bool run(const std::vector<std::string>& command);

/// Runs `ip -batch` on these lines. It stops at the first line that fails, and that is false.
[[nodiscard]] bool run_batch(const std::string& lines);

} // namespace linkspan::bench
