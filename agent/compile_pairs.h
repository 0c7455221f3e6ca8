#pragma once

#include "agent/desired.h"
#include "agent/facts.h"
#include "config/config.h"
#include "config/pairs.h"

#include <optional>
#include <vector>

namespace linkspan::agent {

/// What is particular to connections in policy mode: pairs of networks instead of a tunnel link. Pure.

/// The policies of every pair, and those that let our own networks go on talking to each other where the remote side is
/// everything. Without a local address only what blocks.
void compile_pairs(const config::Connection& connection, const std::optional<IpAddress>& local, Desired& desired);

/// The policies of packets that came by one of the connection's two tunnels, and, while it lives, of answers to them. A
/// pair of one protocol or port has none: there the waiting tunnel's packets are refused.
void compile_path_pairs(const config::Connection& connection, Path path, const IpAddress& local, bool lives,
                        Desired& desired);

/// One CHILD for all pairs, or one for each.
[[nodiscard]] std::vector<ike::ChildSpec> children_of_pairs(const config::Connection& connection);

/// For a pair that no peer is told: what goes out by it is translated, and then belongs to another pair of this remote end.
void compile_outbound(const config::Connection& connection, const config::Pair& pair,
                      const std::optional<IpAddress>& local, Desired& desired);

} // namespace linkspan::agent
