#pragma once

#include "egress/tap_settings.h"

#include <string>
#include <vector>

namespace linkspan::agent {

/// What had no room or went past the tap within the last hour, for people, with what to do about it. An alarm older than that
/// is in the counters alone.
[[nodiscard]] std::vector<std::string> alarms_of(const egress::TapReport& tap, const egress::Rules& rules,
                                                 Monotonic now);

} // namespace linkspan::agent
