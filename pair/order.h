#pragma once

#include "base/error.h"
#include "ha/event.h"

#include <string_view>

namespace linkspan::pair {

/// "switchover", "switchover anyway", "maintenance on", "maintenance off", "resume", "yield". Config: none of them.
[[nodiscard]] Result<ha::Command> parse_order(std::string_view order);

} // namespace linkspan::pair
