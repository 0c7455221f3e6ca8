#pragma once

#include "base/error.h"

#include <string>

namespace linkspan::nft {

/// Runs nft commands by libnftables, as one transaction, and returns what `nft -j` would print. A fresh libnftables
/// context each time, for it keeps what it has seen of everybody's ruleset as long as it lives.
[[nodiscard]] Result<std::string> run(const std::string& commands, const std::string& what);

} // namespace linkspan::nft
