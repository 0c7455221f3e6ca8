#pragma once

#include "base/error.h"
#include "base/plan.h"
#include "nft/rules_table.h"

namespace linkspan::nft {

/// Changes the table in one transaction, and then ends the sessions that the changed connections' rules would translate
/// otherwise now. Interrupted in between, the table itself says what is left to do.
[[nodiscard]] Result<> apply(const Op<RulesTable>& op);

} // namespace linkspan::nft
