#pragma once

#include "agent/desired.h"
#include "agent/facts.h"
#include "config/config.h"

#include <optional>

namespace linkspan::agent {

/// What the connection's probe asks, and by which way. In policy mode it asks from one of our addresses that the peer is
/// told of; where there is none, a warning says so. `local`: as in `compile`. Pure.
void compile_probe(const config::Connection& connection, const Facts& facts, const std::optional<IpAddress>& local,
                   Desired& desired);

} // namespace linkspan::agent
