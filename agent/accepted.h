#pragma once

#include "base/error.h"
#include "config/load.h"

#include <filesystem>

namespace linkspan::agent {

/// The files that were last found good, kept in the state directory: an agent that starts (after a crash, an upgrade, a
/// reboot) and finds bad files goes on with these, as one that was running would have. No secret is in them; the files
/// only say where secrets are.
///
/// Keeps `sources` under `directory`, in place of what is there, all or nothing. Nothing is written where nothing changed.
[[nodiscard]] Result<> keep_accepted(const std::filesystem::path& directory, const config::Sources& sources);
/// The main file among those kept, for `read_files`; it may not exist.
[[nodiscard]] std::filesystem::path accepted_main(const std::filesystem::path& directory);

} // namespace linkspan::agent
