#pragma once

#include "agent/facts.h"
#include "agent/world.h"
#include "base/clock.h"
#include "config/config.h"

namespace linkspan::agent {

/// Takes from what was observed the facts that this configuration depends on. Answers whether any of them is new;
/// learns nothing where links or routes were not observed.
/// Only foreign state counts: a path to a peer through our own tunnels is no path. An uplink that has lost its address
/// keeps the last one known: tearing tunnels down for the length of a DHCP renewal helps nobody.
[[nodiscard]] bool gather(const config::Config& config, const Observed& observed, Facts& facts);

/// Learns which certificates are out of their time at `now`. Answers whether that is news.
[[nodiscard]] bool learn_expiries(const config::Config& config, WallTime now, Facts& facts);

} // namespace linkspan::agent
