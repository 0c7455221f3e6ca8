#pragma once

#include "agent/desired.h"
#include "agent/facts.h"
#include "config/config.h"

namespace linkspan::agent {

/// Egress by names, in its two halves: what the kernel judges by itself, and what the tap goes by. Both are made of the
/// same classes of services. Pure.
void compile_egress(const config::Config& config, const Facts& facts, Desired& desired);

} // namespace linkspan::agent
