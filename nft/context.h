#pragma once

#include "base/error.h"

#include <string>

namespace linkspan::nft {

/// Runs nft commands by libnftables, as one transaction, and returns what `nft -j` would print. Each thread keeps its context, for
/// the network namespace that it is in: closing a context's socket holds up everybody's transactions, the fence's of a pair
/// among them (docs/kernel-facts.md). What it saw of everybody's ruleset is forgotten each time.
[[nodiscard]] Result<std::string> run(const std::string& commands, const std::string& what);

} // namespace linkspan::nft
