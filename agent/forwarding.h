#pragma once

#include "base/ip.h"

#include <map>

namespace linkspan::agent {

/// Whether this network namespace forwards packets, by family, from /proc/sys. A family whose setting cannot be read is
/// left out. linkspan never turns a host into a router; it says where one is missing.
[[nodiscard]] std::map<Family, bool> read_forwarding();

} // namespace linkspan::agent
