#pragma once

#include "base/error.h"
#include "base/secret.h"
#include "config/config.h"
#include "config/diagnostics.h"

#include <string>

namespace linkspan::config {

/// Where a credential is looked for that systemd has not passed: the plain files of its own credential store, so that
/// a new connection needs no change of the unit, and a program run by hand finds what the service finds.
inline constexpr std::string_view credential_store = "/etc/credstore";

/// Reads a secret. A credential comes from `credentials_directory` (what systemd passes in $CREDENTIALS_DIRECTORY, empty
/// where it passes none), else from credential_store under the rules for files. A file must be a regular one of at most
/// 4096 bytes that belongs to root or the caller and is closed to group and others. One line end at the end is not part
/// of the secret; a NUL byte is refused. No error tells anything of the content.
[[nodiscard]] Result<Secret> read_secret(const SecretSource& source, const std::string& credentials_directory);

/// An error for every enabled connection whose secret cannot be read, at the place where the file names it.
[[nodiscard]] Diagnostics check_secrets(const Config& config, const std::string& credentials_directory);

} // namespace linkspan::config
