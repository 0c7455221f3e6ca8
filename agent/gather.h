#pragma once

#include "agent/facts.h"
#include "config/config.h"
#include "route/observe.h"
#include "vti/observe.h"

namespace linkspan::agent {

/// Takes from what was observed the facts that this configuration depends on. Answers whether any of them is new.
/// Only foreign state counts: a path to a peer through our own tunnels is no path. An uplink that has lost its address
/// keeps the last one known: tearing tunnels down for the length of a DHCP renewal helps nobody.
[[nodiscard]] bool gather(const config::Config& config, const vti::Observed& links, const route::Observed& routes,
                          Facts& facts);

} // namespace linkspan::agent
