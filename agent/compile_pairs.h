#pragma once

#include "agent/desired.h"
#include "agent/facts.h"
#include "config/config.h"

#include <optional>
#include <vector>

namespace linkspan::agent {

/// What is particular to connections in policy mode: pairs of networks instead of a tunnel link. Pure.

/// The policies of every pair, and those that let our own networks go on talking to each other where the remote side is
/// everything. Without a local address only what blocks.
void compile_pairs(const config::Connection& connection, const std::optional<IpAddress>& local, Desired& desired);

/// One CHILD for all pairs, or one for each.
[[nodiscard]] std::vector<ike::ChildSpec> children_of_pairs(const config::Connection& connection);

} // namespace linkspan::agent
