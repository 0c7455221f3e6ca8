#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <string>

namespace linkspan::bus {

/// A listening unix socket at `path`, mode 0600; its directory is made (0755) where it is missing. What a dead agent
/// left there is replaced; a living one is an Error of Kind::Exists.
[[nodiscard]] Result<Fd> listen_private(const std::string& path);

/// The next peer, non-blocking. Permission: it is neither root nor who runs the agent. Busy: nobody is waiting.
[[nodiscard]] Result<Fd> accept_peer(int listening);

} // namespace linkspan::bus
