#pragma once

#include "base/error.h"
#include "config/config.h"
#include "config/diagnostics.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace linkspan::config {

using Sources = std::vector<Source>; ///< the main file first, then linkspan.d in order

/// A network that mapped NAT makes up: our hosts use it in place of one of the peer's.
struct StandIn {
    ConnectionName connection = {};
    NatMapping mapping = {};
    SourcePos pos = {};       ///< where it is written
    std::uint32_t length = 1; ///< in characters
};

/// `config` is present exactly when no diagnostic is an error; warnings may accompany it.
struct Loaded {
    std::optional<Config> config = {};
    Diagnostics diagnostics = {}; ///< in the order of the files, lines and columns
    std::vector<std::string> files = {};
    std::vector<StandIn> stand_ins = {}; ///< of enabled connections, in the order of the files; only with `config`
};

/// Parses and checks all files as one configuration and reports everything that is wrong in one run. Pure: what only
/// the disk can tell (a missing secret) is check_secrets' business.
[[nodiscard]] Loaded load(const Sources& sources);

/// Reads `main_file` and then every *.toml of the directory linkspan.d beside it, in the order of their names. Fails
/// on the first file that is missing, unreadable, not a regular file, or larger than 64 MiB. Names that begin with a
/// dot are skipped, and so is a missing linkspan.d.
[[nodiscard]] Result<Sources> read_sources(const std::filesystem::path& main_file);

} // namespace linkspan::config
