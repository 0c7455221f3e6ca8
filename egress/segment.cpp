#include "egress/segment.h"

#include "egress/byte_reader.h"
#include "egress/ip_packet.h"

namespace linkspan::egress {
namespace {

constexpr std::uint8_t protocol_tcp = 6;
constexpr std::size_t tcp_header = 20;
constexpr unsigned flag_fin = 1, flag_syn = 2, flag_rst = 4;

std::unexpected<Error> malformed(const char* what)
{
    return failure(Kind::Protocol, std::string{"the packet "} + what);
}

} // namespace

Result<Segment> decode_segment(std::span<const std::uint8_t> packet)
{
    const auto carried = decode_ip(packet);
    TRY(carried);
    if (carried->protocol != protocol_tcp) return malformed("carries something else than TCP");
    ByteReader in{carried->bytes};
    Segment segment{.flow = {.source = carried->source, .destination = carried->destination}};
    segment.flow.source_port = in.u16();
    segment.flow.destination_port = in.u16();
    segment.sequence = in.u32();
    (void)in.u32(); // acknowledgment
    const std::size_t header = 4U * std::size_t{static_cast<unsigned>(in.u8()) >> 4};
    const unsigned flags = in.u8();
    if (in.fell_short() || header < tcp_header || header > carried->bytes.size()) return malformed("is cut short");
    segment.syn = (flags & flag_syn) != 0;
    segment.ends = (flags & (flag_fin | flag_rst)) != 0;
    segment.payload = carried->bytes.subspan(header);
    return segment;
}

} // namespace linkspan::egress
