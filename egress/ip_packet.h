#pragma once

#include "base/error.h"
#include "base/ip.h"

#include <cstdint>
#include <span>

namespace linkspan::egress {

/// What an IP packet carries, and between whom.
struct IpPacket {
    IpAddress source = {};
    IpAddress destination = {};
    std::uint8_t protocol = 0;                ///< IANA's number
    std::span<const std::uint8_t> bytes = {}; ///< within the packet it was read from
};

/// Kind::Protocol where the packet is a fragment or cut short.
[[nodiscard]] Result<IpPacket> decode_ip(std::span<const std::uint8_t> packet);
/// The same of a packet of which only the beginning was kept.
[[nodiscard]] Result<IpPacket> decode_ip_head(std::span<const std::uint8_t> packet);

} // namespace linkspan::egress
