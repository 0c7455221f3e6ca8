#pragma once

#include "config/config.h"
#include "nft/origin_spec.h"
#include "nft/transit_spec.h"

namespace linkspan::agent {

/// Which connections' packets may be forwarded into which. A backup belongs to its connection; both ends of a connection
/// that is disabled or held down are named too, for its policies and routes stand. Pure.
[[nodiscard]] nft::Transits compile_transit(const config::Config& config);

/// Whose addresses packets out of tunnel links may bear: those that are routed into their own connection. Pure.
[[nodiscard]] nft::Origins compile_origins(const config::Config& config);

/// Adds what the connection's packets are known by.
void add_ends(const config::Connection& connection, nft::Ends& ends);

} // namespace linkspan::agent
