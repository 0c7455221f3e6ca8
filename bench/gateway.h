#pragma once

#include "agent/desired.h"

#include <cstddef>
#include <filesystem>
#include <string>

namespace linkspan::bench {

/// A gateway of many connections over `xfrm` interfaces, each with a peer, an inner address and a subnet of its own.
struct Gateway {
    std::size_t connections = 10'000; ///< at most 16,384: so many /30 fit into 169.254.0.0/16
    std::filesystem::path psk = {};   ///< one secret for all; only its length matters here

    /// linkspan.toml. `edited`: the connection in the middle has another subnet.
    [[nodiscard]] std::string file(bool edited) const;
};

inline constexpr std::string_view uplink = "wan0";
inline constexpr std::uint32_t stand_in_group = 0x6265; ///< of the links that stand in

/// Gives this network namespace the uplink that `file` names, with an address and a default route.
[[nodiscard]] bool make_uplink();

/// Makes what `desired` wants by hand: commands for `ip -batch`, in the order in which they can be done. `links`: with
/// the tunnel links; without, links of these names are there already.
[[nodiscard]] std::string ip_batch(const agent::Desired& desired, bool links);

/// Commands for `ip -batch` that make links to stand in for tunnel links where the kernel has none: of a kind that it has.
[[nodiscard]] std::string stand_in_batch(const agent::Desired& desired);

} // namespace linkspan::bench
