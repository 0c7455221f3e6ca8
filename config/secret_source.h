#pragma once

#include "config/source_pos.h"

#include <string>

namespace linkspan::config {

/// Where a secret is, never the secret.
struct SecretSource {
    enum class Kind { Credential, File };
    Kind kind = Kind::Credential;
    std::string name = {}; ///< credential name, or absolute path; empty = none
    SourcePos pos = {};
};

/// A file that is named in the configuration.
struct NamedFile {
    std::string path = {}; ///< absolute; empty = none
    SourcePos pos = {};
};

} // namespace linkspan::config
