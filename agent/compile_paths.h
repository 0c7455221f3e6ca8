#pragma once

#include "agent/desired.h"
#include "agent/facts.h"
#include "config/config.h"

#include <optional>

namespace linkspan::agent {

/// What a connection with two tunnels needs so that answers leave by the tunnel of their question: the second tunnel's
/// place in the table of nftables, and beside the main table its routes, while it lives. In policy mode the policies by
/// which packets of either tunnel are received, and answered while it lives. `local`: as in `compile`. Pure.
void compile_paths(const config::Connection& connection, const Facts& facts, const std::optional<IpAddress>& local,
                   Desired& desired);

} // namespace linkspan::agent
