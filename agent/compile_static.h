#pragma once

#include "agent/desired.h"
#include "agent/facts.h"
#include "config/config.h"

#include <optional>

namespace linkspan::agent {

/// The SAs of a connection with static keys: one inbound of every generation, and the outbound one of that which sends.
/// While it is disabled or held down it has none, and its policies drop. Pure.
void compile_static(const config::Connection& connection, const Facts& facts, const std::optional<IpAddress>& local,
                    Desired& desired);

[[nodiscard]] bool has_static_keys(const config::Connection& connection);

} // namespace linkspan::agent
