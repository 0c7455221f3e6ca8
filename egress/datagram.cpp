#include "egress/datagram.h"

#include "egress/byte_reader.h"
#include "egress/ip_packet.h"

namespace linkspan::egress {
namespace {

constexpr std::uint8_t protocol_udp = 17;
constexpr std::size_t udp_header = 8;

std::unexpected<Error> malformed(const char* what)
{
    return failure(Kind::Protocol, std::string{"the packet "} + what);
}

} // namespace

Result<Datagram> decode_datagram(std::span<const std::uint8_t> packet)
{
    const auto carried = decode_ip(packet);
    TRY(carried);
    if (carried->protocol != protocol_udp) return malformed("carries something else than UDP");
    ByteReader in{carried->bytes};
    Datagram datagram{.source = carried->source, .destination = carried->destination};
    datagram.source_port = in.u16();
    datagram.destination_port = in.u16();
    const std::size_t length = in.u16();
    (void)in.u16(); // checksum
    if (length < udp_header) return malformed("is cut short");
    datagram.payload = in.bytes(length - udp_header);
    if (in.fell_short()) return malformed("is cut short");
    return datagram;
}

} // namespace linkspan::egress
