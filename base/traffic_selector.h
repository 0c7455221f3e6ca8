#pragma once

#include "base/ip.h"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace linkspan {

/// One end of protected traffic: a network, and where it is narrower a protocol with or without one port. The kernel's
/// policies know a port or all of them; ranges do not exist there.
struct TrafficSelector {
    IpPrefix prefix = {};
    std::uint8_t protocol = 0; ///< IANA number; 0 = all
    std::uint16_t port = 0;    ///< 0 = all; else `protocol` has ports (TCP, UDP, SCTP, DCCP, UDP-Lite)

    TrafficSelector() = default;
    TrafficSelector(const IpPrefix& network, std::uint8_t protocol_number = 0, std::uint16_t port_number = 0)
        : prefix(network), protocol(protocol_number), port(port_number)
    {
    }
    auto operator<=>(const TrafficSelector&) const = default;

    /// "10.1.0.0/16", "10.1.0.0/16[tcp]", "10.1.0.0/16[tcp/443]", "10.1.0.0/16[47]".
    [[nodiscard]] static Result<TrafficSelector> parse(std::string_view text);
    [[nodiscard]] Family family() const { return prefix.family(); }
    [[nodiscard]] bool contains(const IpAddress& a) const { return prefix.contains(a); }
    /// True where every packet of `other` is one of this.
    [[nodiscard]] bool contains(const TrafficSelector& other) const;
    [[nodiscard]] bool is_narrowed() const { return protocol != 0; }
    [[nodiscard]] std::string text() const;
};

/// "tcp", or the number where the protocol has no name here.
[[nodiscard]] std::string protocol_text(std::uint8_t protocol);

} // namespace linkspan
