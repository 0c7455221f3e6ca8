#pragma once

#include "base/error.h"
#include "nft/observed.h"
#include "nft/paths_spec.h"

namespace linkspan::nft {

/// Reads our table, by libnftables' JSON. Other tables are not looked into.
[[nodiscard]] Result<Observed> observe();
/// Likewise, the table `inet linkspan_paths`.
[[nodiscard]] Result<ObservedPaths> observe_paths();

} // namespace linkspan::nft
