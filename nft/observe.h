#pragma once

#include "base/error.h"
#include "nft/observed.h"
#include "nft/paths_spec.h"
#include "nft/rules_table.h"

namespace linkspan::nft {

/// Reads our table, by libnftables' JSON. Other tables are not looked into.
[[nodiscard]] Result<Observed> observe();
/// Likewise, the table `inet linkspan_paths`.
[[nodiscard]] Result<ObservedPaths> observe_paths();
/// Likewise, the table `inet linkspan_rules`.
[[nodiscard]] Result<RulesTable> observe_rules();

} // namespace linkspan::nft
