#pragma once

#include "base/ip.h"

#include <cstdint>
#include <string_view>

namespace linkspan::route {

/// What becomes of the packets for the destination of somebody's route, where a tunnel leads to a network that contains it.
enum class Fate : std::uint8_t {
    Unused,  ///< the tunnel's own route for the same network goes first
    InPlace, ///< it has the metric of the tunnel's own, which cannot be there
    Ends,    ///< more specific, and unreachable, blackhole or prohibit
    Past,    ///< more specific, and leads on
    Taken,   ///< no route decides: policies take them into the tunnel
};

/// Of a route to `destination`, which `network` contains. `leads_on`: it is none that ends packets. `by_policies`: the
/// connection has no link, and so no route of its own.
[[nodiscard]] Fate fate_of(const IpPrefix& destination, bool leads_on, const IpPrefix& network, std::uint32_t metric,
                           bool by_policies);

/// "it takes its packets past the tunnel, in the clear": "it" is the route.
[[nodiscard]] std::string_view text_of(Fate fate);

} // namespace linkspan::route
