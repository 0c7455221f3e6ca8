#pragma once

#include "agent/pair_plan.h"
#include "base/error.h"
#include "config/ha.h"

namespace linkspan::agent {

/// What the file says of the pair, seen from this gateway: the one whose heartbeat address it owns, where the file names
/// no `node`. Kind::Config where that is neither or both.
[[nodiscard]] Result<PairSpec> pair_spec(const config::Ha& file, std::filesystem::path state,
                                         std::filesystem::path segment_pipe);

} // namespace linkspan::agent
