#pragma once

#include "config/config.h"

#include <string>
#include <vector>

namespace linkspan::config {

/// One local and one remote end of protected traffic, of one family and with protocols that go together. Each pair
/// becomes the policies of one selector; the protocol is then that of whichever end names one.
struct Pair {
    TrafficSelector local = {};
    TrafficSelector remote = {};
    auto operator<=>(const Pair&) const = default;

    [[nodiscard]] std::uint8_t protocol() const { return local.protocol != 0 ? local.protocol : remote.protocol; }
    /// True where every packet of `other` is one of this pair.
    [[nodiscard]] bool contains(const Pair& other) const;
    /// True where some packet is one of both.
    [[nodiscard]] bool overlaps(const Pair& other) const;
    /// "10.1.0.0/16 10.20.0.0/16[tcp/443]"
    [[nodiscard]] std::string text() const { return local.text() + " " + remote.text(); }
};

/// True where the two can be the ends of one packet.
[[nodiscard]] bool go_together(const TrafficSelector& local, const TrafficSelector& remote);

/// Every pair of a connection in policy mode, in the file's order; none in route mode, whose traffic routes decide.
[[nodiscard]] std::vector<Pair> pairs_of(const Connection& connection);

/// True where echo requests to the target, and their answers, are packets of the pair.
[[nodiscard]] bool carries_echoes(const Pair& pair, const IpAddress& target);

/// The reqid of the pair's CHILD_SA: its own (`selectors = "each"`), or the connection's.
[[nodiscard]] Reqid reqid_of(const Connection& connection, const Pair& pair);

} // namespace linkspan::config
