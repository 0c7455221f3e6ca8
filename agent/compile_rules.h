#pragma once

#include "agent/desired.h"
#include "config/config.h"

#include <optional>

namespace linkspan::agent {

/// Custom mapping of all connections; and of those that are mapped one to one and have a link, that their packets keep
/// their sources until they are in the tunnel's mouth, whatever others masquerade. Pure.
[[nodiscard]] nft::Rules compile_rules(const config::Config& config);

/// In policy mode the kernel looks for a policy before it translates a source, and again after it. So what rules translate
/// needs policies by the addresses that it has here, which no peer is told. Pure.
void compile_untranslated(const config::Connection& connection, const std::optional<IpAddress>& local,
                          Desired& desired);

} // namespace linkspan::agent
