#pragma once

#include "agent/desired.h"
#include "agent/facts.h"
#include "config/config.h"

namespace linkspan::agent {

/// Mapped NAT of a connection: what is translated in the packets of its CHILD_SAs. Everything else knows its networks as
/// this side knows them, but for IKE (agent/compile_ike). Pure.
void compile_nat(const config::Connection& connection, Desired& desired);

/// Addresses that only the other side knows (the peer's own where they are mapped, and ours as the peer sees them) lead
/// nowhere here: not by a default route into the clear either. Left out where they are also somebody's here.
void compile_real_networks(const config::Config& config, const Facts& facts, Desired& desired);

} // namespace linkspan::agent
