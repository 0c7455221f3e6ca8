#pragma once

#include "base/error.h"
#include "nft/observed.h"

namespace linkspan::nft {

/// Reads our table, by libnftables' JSON. Other tables are not looked into.
[[nodiscard]] Result<Observed> observe();

} // namespace linkspan::nft
