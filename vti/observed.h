#pragma once

#include "vti/spec.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace linkspan::vti {

/// A link as the kernel shows it, ours or somebody else's.
struct Link {
    IfIndex index = {};
    std::uint32_t mtu = 0; ///< bytes
    bool up = false;       ///< administratively
    std::string kind = {}; ///< "vti", "veth", ...; empty for hardware
    bool ours = false;     ///< a tunnel in our link group or with our alias
    /// Every link of a kind in LinkKind, a foreign one too: its if_id or endpoints are taken.
    std::optional<Spec> tunnel = {};
    bool operator==(const Link&) const = default;
};

using Observed = std::map<LinkName, Link>;

} // namespace linkspan::vti
