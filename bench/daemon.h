#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>

namespace linkspan::bench {

struct DaemonMemory {
    std::size_t resident = 0; ///< bytes, once it has nothing to do
    std::size_t peak = 0;     ///< bytes, the most it ever had
};

/// Runs linkspand on `file` in this network namespace until it has made the kernel match and has then reloaded the file
/// `reloads` times. `program`: linkspand. Nothing where it could not be run.
[[nodiscard]] std::optional<DaemonMemory> memory_of_daemon(const std::filesystem::path& program,
                                                           const std::filesystem::path& file, int reloads);

} // namespace linkspan::bench
