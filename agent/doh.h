#pragma once

#include "base/ip.h"

#include <span>

namespace linkspan::agent {

/// Addresses that are known to answer DNS over HTTPS, where nobody can look into it (port 443 of public resolvers). What is
/// not among these is closed by default like everything that no rule opens.
[[nodiscard]] std::span<const IpPrefix> known_doh_servers();

} // namespace linkspan::agent
