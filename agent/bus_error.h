#pragma once

#include "base/error.h"

namespace linkspan::agent {

/// The D-Bus error name that a kind of failure has on the bus: "org.linkspan.Error.NotFound".
[[nodiscard]] const char* bus_error_name(Kind kind);

} // namespace linkspan::agent
