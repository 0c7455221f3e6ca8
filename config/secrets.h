#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"
#include "config/config.h"
#include "config/diagnostics.h"

#include <string>

namespace linkspan::config {

/// Where a credential is looked for that systemd has not passed: the plain files of its own credential store, so that
/// a new connection needs no change of the unit, and a program run by hand finds what the service finds.
inline constexpr std::string_view credential_store = "/etc/credstore";

enum class SecretForm {
    Text,       ///< at most 4096 bytes without NUL; one line end at the end is not part of it
    KeyFile,    ///< likewise, of static keys (config/static_keys.h)
    PrivateKey, ///< at most 16384 bytes of any kind
};

/// Reads a secret. A credential comes from `credentials_directory` (what systemd passes in $CREDENTIALS_DIRECTORY, empty
/// where it passes none), else from credential_store under the rules for files. A file must be a regular one that
/// belongs to root or the caller and is closed to group and others. No error tells anything of the content.
[[nodiscard]] Result<Secret> read_secret(const SecretSource& source, const std::string& credentials_directory,
                                         SecretForm form = SecretForm::Text);

/// Where a secret would be put: the file, or the credential in credential_store.
[[nodiscard]] std::string place_of(const SecretSource& source);

/// An error for every enabled connection whose secret or certificates cannot be read or do not fit, at the place where
/// the file names them; `now` tells what has expired, and what soon will (a warning).
[[nodiscard]] Diagnostics check_secrets(const Config& config, const std::string& credentials_directory, WallTime now);

} // namespace linkspan::config
