#pragma once

#include "agent/facts.h"
#include "base/error.h"
#include "config/load.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace linkspan::agent {

/// The person's files, read and found good, with their secrets.
struct Files {
    config::Config config = {};
    std::map<ConnectionName, SecretFact> secrets = {};
    config::Sources sources = {};
    std::vector<std::string> warnings = {}; ///< what `check` would warn about, one line each
};

/// Reads `main_file` and what lies beside it. Kind::Config: the files are bad; `what` is all diagnostics, ready to print.
/// A secret that cannot be read does not make the files bad: its connection alone suffers.
[[nodiscard]] Result<Files> read_files(const std::filesystem::path& main_file, const std::string& credentials);

} // namespace linkspan::agent
