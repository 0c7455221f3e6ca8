#pragma once

#include "base/error.h"
#include "ike/client.h"
#include "ike/plan.h"

namespace linkspan::ike {

/// Takes one step and writes it into the ledger. Terminating or unloading what is gone is success. Terminate and
/// Initiate return as soon as charon has begun; how it ends is seen by observing again.
[[nodiscard]] Result<> apply(Client& client, const Op& op, Ledger& ledger);

} // namespace linkspan::ike
