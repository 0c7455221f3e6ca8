#pragma once

#include "base/error.h"
#include "config/ha.h"
#include "pair/plan.h"

namespace linkspan::pair {

/// What the file says of the pair, seen from this gateway: the one whose heartbeat address it owns, where the file names
/// no `node`. Kind::Config where that is neither or both.
[[nodiscard]] Result<Spec> spec_of(const config::Ha& file, std::filesystem::path state,
                                   std::filesystem::path segment_pipe);

} // namespace linkspan::pair
