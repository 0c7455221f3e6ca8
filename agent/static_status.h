#pragma once

#include "agent/reconciler.h"
#include "bus/report.h"

#include <optional>
#include <string>
#include <vector>

namespace linkspan::agent {

/// What status says of connections with static keys. Pure.

/// What names its SAs in the kernel.
[[nodiscard]] std::vector<xfrm::StateKey> static_keys_of(const ConnectionName& name, const Desired& desired);
/// Its SAs, wanted and installed.
[[nodiscard]] std::vector<bus::StaticSa> static_sas_of(const ConnectionName& name, const Reconciler& reconciler);

/// Up where every wanted SA is installed: whether the peer has the same keys shows only in its answers.
[[nodiscard]] bus::State state_of_static(const ConnectionName& name, const Reconciler& reconciler,
                                         const std::vector<bus::Unsynced>& unsynced);

/// Keys that are nearly used up.
[[nodiscard]] std::vector<std::string> static_warnings(const std::vector<bus::StaticSa>& sas);

[[nodiscard]] std::optional<IpAddress> local_end_of(const ConnectionName& name, const Desired& desired);

} // namespace linkspan::agent
