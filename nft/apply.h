#pragma once

#include "base/error.h"
#include "base/plan.h"
#include "nft/paths_spec.h"
#include "nft/spec.h"

namespace linkspan::nft {

/// One step, as one transaction: all of it happens or none. Deleting a table that is gone is success.
[[nodiscard]] Result<> apply(const Op<Spec>& op);
[[nodiscard]] Result<> apply(const Op<Paths>& op);

} // namespace linkspan::nft
