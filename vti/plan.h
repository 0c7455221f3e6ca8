#pragma once

#include "base/plan.h"
#include "vti/observed.h"

#include <map>

namespace linkspan::vti {

/// What to do so that `have` becomes `want`. Pure. Links of ours that nobody wants go first, for a new one may need
/// their if_id or endpoints. A foreign link under a wanted name, or with a wanted if_id or endpoints, is a Conflict.
[[nodiscard]] Plan<Spec> plan(const std::map<LinkName, Spec>& want, const Observed& have);

} // namespace linkspan::vti
