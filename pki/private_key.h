#pragma once

#include "base/error.h"
#include "base/secret.h"

#include <string>

namespace linkspan::pki {

/// The fingerprint of the public half of a private key: PKCS#8, PKCS#1 or SEC 1, PEM or DER, not encrypted.
/// Kind::Config: it is none of these. No error tells anything of the content.
[[nodiscard]] Result<std::string> key_fingerprint(const Secret& key);

} // namespace linkspan::pki
