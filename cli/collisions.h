#pragma once

#include "config/load.h"
#include "route/observed.h"

#include <string>

namespace linkspan::cli {

/// A warning for each network that mapped NAT makes up and somebody really has here, by the routes there are: to it, to a
/// part of it, or to a link's network that it is a part of. Not for what leads to something wider by way of others, as an
/// organisation's summary does: made-up networks are often taken from it. `loaded` has a config.
[[nodiscard]] config::Diagnostics collisions_of(const config::Loaded& loaded, const route::Observed& routes);

/// Whether the file is for the machine that has these addresses, by what its [gateway] says of itself. One that says neither
/// a name nor an address might be anybody's.
[[nodiscard]] bool is_of_this_machine(const config::Gateway& gateway, const route::Observed& here,
                                      const std::string& host_name);

} // namespace linkspan::cli
