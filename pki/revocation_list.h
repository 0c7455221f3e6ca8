#pragma once

#include "base/clock.h"
#include "base/error.h"

#include <optional>
#include <string>
#include <string_view>

namespace linkspan::pki {

/// A certificate revocation list, PEM or DER.
struct RevocationList {
    std::string der = {};
    std::optional<WallTime> next_update = {}; ///< from then on it is out of date
    bool names_key = false; ///< of its issuer (authorityKeyIdentifier): charon looks for lists by nothing else
};
[[nodiscard]] Result<RevocationList> decode_revocation_list(std::string_view bytes);

} // namespace linkspan::pki
