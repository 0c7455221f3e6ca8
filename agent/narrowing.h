#pragma once

#include "ike/connection_spec.h"
#include "ike/sa_view.h"

#include <span>
#include <string>
#include <vector>

namespace linkspan::agent {

/// What a person should know where a tunnel that is up carries less than it was asked to: a peer may narrow selectors, and
/// drops what is outside. `sas` are the connection's own. Networks alone are compared: charon prints protocols and ports
/// by names of its own.
[[nodiscard]] std::vector<std::string> narrowings(const ike::ConnectionSpec& spec, std::span<const ike::IkeSa> sas);

} // namespace linkspan::agent
