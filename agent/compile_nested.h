#pragma once

#include "config/config.h"
#include "nft/nested_spec.h"

namespace linkspan::agent {

/// Which connections bear others inside their tunnels, and to which peers. Disabled connections are borne by nobody.
[[nodiscard]] nft::Nested compile_nested(const config::Config& config);

} // namespace linkspan::agent
