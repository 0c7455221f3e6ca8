#pragma once

#include "base/error.h"
#include "base/ip.h"
#include "base/secret.h"

#include <filesystem>
#include <string>

namespace linkspan::pair {

/// charon's ha plugin, which copies IKE_SAs and CHILD_SAs to the other gateway's charon: its settings, and the pipe by
/// which it is told what to do.
struct PairOfCharons {
    IpAddress own = {}; ///< of the first heartbeat path
    IpAddress peer = {};
    Secret secret = {}; ///< between the two alone; protects the keys on their way
};

/// What systemd/strongswan.conf includes while a pair is configured.
[[nodiscard]] std::string plugin_settings(const PairOfCharons& pair);

/// Writes the settings where charon reads them at its start, closed to everybody else; true where they were others before.
[[nodiscard]] Result<bool> write_plugin_settings(const std::filesystem::path& file, const std::string& settings);
/// Takes them away; true where there were some.
[[nodiscard]] Result<bool> remove_plugin_settings(const std::filesystem::path& file);

enum class SegmentOrder {
    Take, ///< the IKE_SAs are ours to speak for
    Drop, ///< they are the other's
};
/// Never waits. Kind::Disconnected where no charon reads the pipe at this moment; an order that changes nothing is nothing
/// to charon, so it may be repeated at will.
[[nodiscard]] Result<> order_segment(const std::filesystem::path& pipe, SegmentOrder order);

/// Fixed in strongSwan.
inline constexpr const char* segment_pipe = "/run/charon.ha";

} // namespace linkspan::pair
