#pragma once

#include "base/error.h"
#include "base/ip.h"

#include <cstdint>
#include <span>

namespace linkspan::egress {

/// A UDP datagram in its IP packet, whole: what the kernel's queue hands over from behind its reassembly.
struct Datagram {
    IpAddress source = {};
    IpAddress destination = {};
    std::uint16_t source_port = 0;
    std::uint16_t destination_port = 0;
    std::span<const std::uint8_t> payload = {}; ///< within the packet it was read from
};

/// Kind::Protocol where the packet is not one whole datagram: another protocol, a fragment, cut short. Checksums are the
/// receiver's business: what is learnt of a datagram that its receiver throws away is a pin nobody uses.
[[nodiscard]] Result<Datagram> decode_datagram(std::span<const std::uint8_t> packet);

} // namespace linkspan::egress
