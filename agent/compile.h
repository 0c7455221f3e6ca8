#pragma once

#include "agent/desired.h"
#include "agent/facts.h"
#include "config/config.h"

namespace linkspan::agent {

/// The one place where the file meets the rooms. Pure: the same Config and Facts always give the same Desired.
/// A connection that lacks a fact (no local address, no secret) still gets everything that keeps it from leaking: its
/// unreachable routes and its block policies.
[[nodiscard]] Desired compile(const config::Config& config, const Facts& facts);

} // namespace linkspan::agent
