#pragma once

#include "base/error.h"
#include "config/ha.h"
#include "pair/plan.h"

#include <filesystem>
#include <string>

namespace linkspan::pair {

/// Of this machine.
struct Here {
    std::filesystem::path state = {}; ///< where the epoch is kept
    std::filesystem::path segment_pipe = {};
    std::string gateway = {}; ///< its name
};

/// What the file says of the pair, seen from this gateway: the one whose heartbeat address it owns, where the file names
/// no `node`. Kind::Config where that is neither or both.
[[nodiscard]] Result<Spec> spec_of(const config::Ha& file, Here here);

} // namespace linkspan::pair
