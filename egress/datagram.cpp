#include "egress/datagram.h"

#include "egress/byte_reader.h"

#include <algorithm>

namespace linkspan::egress {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::uint8_t protocol_udp = 17;
constexpr std::size_t udp_header = 8;
constexpr unsigned more_fragments_and_offset = 0x3fff;

/// What an IP header tells of what it carries.
struct Carried {
    IpAddress source = {};
    IpAddress destination = {};
    std::uint8_t protocol = 0;
    Bytes bytes = {};
};

std::unexpected<Error> malformed(const char* what)
{
    return failure(Kind::Protocol, std::string{"the packet "} + what);
}

Result<Carried> read_v4(Bytes packet)
{
    ByteReader in{packet};
    const std::size_t header = 4U * std::size_t{in.u8() & 0xfU};
    (void)in.u8(); // DSCP, ECN
    const std::size_t total = in.u16();
    (void)in.u16(); // identification
    const bool fragment = (in.u16() & more_fragments_and_offset) != 0;
    (void)in.u8(); // time to live
    Carried carried{.protocol = in.u8()};
    (void)in.u16(); // checksum
    carried.source = IpAddress::from_bytes(in.bytes(4));
    carried.destination = IpAddress::from_bytes(in.bytes(4));
    if (in.fell_short() || header < 20 || total < header || total > packet.size()) return malformed("is cut short");
    if (fragment) return malformed("is a fragment");
    carried.bytes = packet.subspan(header, total - header);
    return carried;
}

/// Extension headers in front of UDP are no resolver's; a fragment header is one of them.
Result<Carried> read_v6(Bytes packet)
{
    ByteReader in{packet};
    (void)in.bytes(4); // version, traffic class, flow label
    const std::size_t length = in.u16();
    Carried carried{.protocol = in.u8()};
    (void)in.u8(); // hop limit
    carried.source = IpAddress::from_bytes(in.bytes(16));
    carried.destination = IpAddress::from_bytes(in.bytes(16));
    carried.bytes = in.bytes(length);
    if (in.fell_short()) return malformed("is cut short");
    return carried;
}

Result<Carried> read_ip(Bytes packet)
{
    const unsigned version = packet.empty() ? 0U : packet[0] >> 4;
    if (version == 4) return read_v4(packet);
    if (version == 6) return read_v6(packet);
    return malformed("is no IP packet");
}

} // namespace

Result<Datagram> decode_datagram(Bytes packet)
{
    const auto carried = read_ip(packet);
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
