#pragma once

#include "base/error.h"
#include "base/ip.h"

#include <compare>
#include <cstdint>
#include <span>

namespace linkspan::egress {

/// One direction of a TCP connection.
struct Flow {
    IpAddress source = {};
    IpAddress destination = {};
    std::uint16_t source_port = 0;
    std::uint16_t destination_port = 0;
    auto operator<=>(const Flow&) const = default;
};

/// A segment of TCP in its IP packet, or several that the kernel has put together.
struct Segment {
    Flow flow = {};
    std::uint32_t sequence = 0; ///< of the first byte of `payload`; of the SYN where it has one
    bool syn = false;
    bool ends = false;                          ///< FIN or RST
    std::span<const std::uint8_t> payload = {}; ///< within the packet it was read from
};

/// Kind::Protocol where the packet is not one whole segment. Checksums and windows are conntrack's business, which calls
/// what is wrong in these `invalid`.
[[nodiscard]] Result<Segment> decode_segment(std::span<const std::uint8_t> packet);

} // namespace linkspan::egress
