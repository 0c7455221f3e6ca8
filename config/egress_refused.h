#pragma once

#include "config/load.h"

namespace linkspan::config {

/// The one place where [egress] is refused while nothing enforces it: a file that promises a wall is not taken by an agent
/// that builds none. Goes, with its call in load(), with the version that does.
void refuse_egress(Loaded& loaded);

} // namespace linkspan::config
