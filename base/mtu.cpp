#include "base/mtu.h"

#include <algorithm>

namespace linkspan {
namespace {

constexpr std::uint32_t esp_header = 8;  ///< SPI and sequence number
constexpr std::uint32_t esp_trailer = 2; ///< pad length and next header; encrypted with the packet
constexpr std::uint32_t udp_header = 8;

/// An outer packet of `room` bytes behind its IP (and UDP) header is laid out as
///
///     esp header | iv | inner packet, padding, trailer | icv
///
/// where the third part is a multiple of the alignment. So what is left for it is rounded down, and the trailer's two
/// bytes are taken off: AES-GCM under IPv4 and 1500 bytes leaves 1500-20-8-8-16 = 1448, a multiple of 4, hence 1446.
std::uint32_t inner_packet(std::uint32_t room, const EspOverhead& esp)
{
    const std::uint32_t around = esp_header + esp.iv + esp.icv;
    const std::uint32_t alignment = std::max<std::uint32_t>(esp.alignment, 4); // RFC 4303: the trailer ends on 4 bytes
    if (room < around + alignment) return 0;
    return (room - around) / alignment * alignment - esp_trailer;
}

} // namespace

std::uint32_t tunnel_mtu(std::uint32_t outer_mtu, Family outer, std::span<const EspOverhead> overheads,
                         bool udp_encapsulation, bool carries_ipv6)
{
    const std::uint32_t headers = (outer == Family::V4 ? 20 : 40) + (udp_encapsulation ? udp_header : 0);
    const std::uint32_t room = outer_mtu > headers ? outer_mtu - headers : 0;
    std::uint32_t mtu = room;
    for (const auto& esp : overheads) mtu = std::min(mtu, inner_packet(room, esp));
    return std::max<std::uint32_t>(mtu, carries_ipv6 ? 1280 : 576); // RFC 8200 and RFC 791: every link carries these
}

} // namespace linkspan
