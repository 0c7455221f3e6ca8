#include "egress/ip_packet.h"

#include "egress/byte_reader.h"

#include <algorithm>

namespace linkspan::egress {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr unsigned more_fragments_and_offset = 0x3fff;

std::unexpected<Error> malformed(const char* what)
{
    return failure(Kind::Protocol, std::string{"the packet "} + what);
}

Result<IpPacket> read_v4(Bytes packet, bool whole)
{
    ByteReader in{packet};
    const std::size_t header = 4U * std::size_t{in.u8() & 0xfU};
    (void)in.u8(); // DSCP, ECN
    const std::size_t said = in.u16();
    (void)in.u16(); // identification
    const bool fragment = (in.u16() & more_fragments_and_offset) != 0;
    (void)in.u8(); // time to live
    IpPacket carried{.protocol = in.u8()};
    (void)in.u16(); // checksum
    carried.source = IpAddress::from_bytes(in.bytes(4));
    carried.destination = IpAddress::from_bytes(in.bytes(4));
    const std::size_t total = whole ? said : std::min(said, packet.size());
    if (in.fell_short() || header < 20 || total < header || total > packet.size()) return malformed("is cut short");
    if (fragment) return malformed("is a fragment");
    carried.bytes = packet.subspan(header, total - header);
    return carried;
}

/// Extension headers in front of a transport are nobody's here; a fragment header is one of them.
Result<IpPacket> read_v6(Bytes packet, bool whole)
{
    ByteReader in{packet};
    (void)in.bytes(4); // version, traffic class, flow label
    const std::size_t length = in.u16();
    IpPacket carried{.protocol = in.u8()};
    (void)in.u8(); // hop limit
    carried.source = IpAddress::from_bytes(in.bytes(16));
    carried.destination = IpAddress::from_bytes(in.bytes(16));
    constexpr std::size_t header = 40;
    if (in.fell_short()) return malformed("is cut short");
    carried.bytes = in.bytes(whole ? length : std::min(length, packet.size() - header));
    if (in.fell_short()) return malformed("is cut short");
    return carried;
}

Result<IpPacket> read(Bytes packet, bool whole)
{
    const unsigned version = packet.empty() ? 0U : packet[0] >> 4;
    if (version == 4) return read_v4(packet, whole);
    if (version == 6) return read_v6(packet, whole);
    return malformed("is no IP packet");
}

} // namespace

Result<IpPacket> decode_ip(Bytes packet)
{
    return read(packet, true);
}

Result<IpPacket> decode_ip_head(Bytes packet)
{
    return read(packet, false);
}

} // namespace linkspan::egress
