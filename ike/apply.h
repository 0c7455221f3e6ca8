#pragma once

#include "base/error.h"
#include "ike/client.h"
#include "ike/plan.h"

#include <span>
#include <vector>

namespace linkspan::ike {

/// Takes one step and writes it into the ledger. Terminating or unloading what is gone is success. Terminate and
/// Initiate return as soon as charon has begun; how it ends is seen by observing again.
[[nodiscard]] Result<> apply(Client& client, const Op& op, Ledger& ledger);

/// Takes many, in order, and waits for charon once in a while only. One that fails does not keep the next from being tried.
[[nodiscard]] std::vector<Result<>> apply_all(Client& client, std::span<const Op* const> ops, Ledger& ledger);

} // namespace linkspan::ike
