#pragma once

#include "nft/nat_spec.h"
#include "nft/rules_spec.h"

#include <cstdint>

namespace linkspan::bench {

/// Nanoseconds that this kernel takes for a packet out of a tunnel link of `nat`: it comes by the link, is translated at both
/// ends, and is dropped. In a network namespace of its own, over a veth pair; the least of some rounds, less what the same
/// costs without the table.
[[nodiscard]] double nanoseconds_per_packet(const nft::Nat& nat, const LinkName& link, const IpAddress& source,
                                            const IpAddress& destination);

/// A packet out of a tunnel link; `host`, which is of this machine, is what `destination` stands for.
struct Mapped {
    LinkName link = {};
    IpAddress source = {};
    IpAddress destination = {};
    IpAddress host = {};
    std::uint16_t port = 0;
};

/// Nanoseconds for a packet that is delivered here, less what an unmapped one costs.
struct MappedCosts {
    double plain = 0;         ///< mapped one to one
    double plain_tracked = 0; ///< and somebody's firewall tracks connections
    double plain_first = 0;   ///< the same, each a session of its own
    double ruled = 0;         ///< translated by a rule
    double ruled_first = 0;   ///< each a session of its own
};

[[nodiscard]] MappedCosts compare_mapped(const nft::Nat& nat, const nft::Rules& rules, const Mapped& packet);

} // namespace linkspan::bench
