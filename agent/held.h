#pragma once

#include "base/error.h"
#include "base/ids.h"

#include <filesystem>
#include <set>

namespace linkspan::agent {

/// Which connections a person has taken `down`. It survives restarts of the agent and of the machine: one empty file
/// a connection in a directory of the state directory, so `ls` shows it and `rm` mends it.
[[nodiscard]] std::set<ConnectionName> load_held(const std::filesystem::path& directory);
[[nodiscard]] Result<> hold(const std::filesystem::path& directory, const ConnectionName& name);
[[nodiscard]] Result<> release(const std::filesystem::path& directory, const ConnectionName& name);

} // namespace linkspan::agent
