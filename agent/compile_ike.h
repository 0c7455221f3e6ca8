#pragma once

#include "agent/desired.h"
#include "agent/facts.h"
#include "config/config.h"

#include <optional>
#include <vector>

namespace linkspan::agent {

/// The part of `compile` that is charon's. Without a secret, or with certificates that do not fit together, charon is told
/// nothing of the connection, and a problem says why. A certificate that is merely out of its time is a problem too, but
/// the connection stays: the tunnel that is up goes on, and what the peer makes of the next attempt is the peer's.
void compile_ike(const config::Connection& connection, const Facts& facts, const std::optional<IpAddress>& local,
                 Desired& desired);

/// Its CHILD_SAs: in route mode one, whose traffic is whatever its link is given.
[[nodiscard]] std::vector<ike::ChildSpec> children_of(const config::Connection& connection);

} // namespace linkspan::agent
