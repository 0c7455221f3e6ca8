#include "packets.h"

namespace linkspan::egress {

Packet::Packet(std::uint8_t protocol, const char* from, const char* to)
{
    u8(0x45).u8(0).u16(0).u16(0).u16(0x4000).u8(64).u8(protocol).u16(0);
    raw(IpAddress::parse(from)->octets()).raw(IpAddress::parse(to)->octets());
}

Packet& Packet::u8(unsigned value)
{
    bytes_.push_back(static_cast<std::uint8_t>(value));
    return *this;
}

Packet& Packet::u16(unsigned value)
{
    return u8(value >> 8 & 0xff).u8(value & 0xff);
}

Packet& Packet::u32(std::uint32_t value)
{
    return u16(value >> 16).u16(value & 0xffff);
}

Packet& Packet::raw(std::span<const std::uint8_t> bytes)
{
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
}

Packet& Packet::text(std::string_view text)
{
    return raw({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::vector<std::uint8_t> Packet::bytes() const
{
    auto bytes = bytes_;
    bytes[2] = static_cast<std::uint8_t>(bytes.size() >> 8);
    bytes[3] = static_cast<std::uint8_t>(bytes.size());
    return bytes;
}

std::vector<std::uint8_t> udp(const char* from, unsigned from_port, const char* to, unsigned to_port,
                              std::span<const std::uint8_t> payload)
{
    return Packet{17, from, to}
        .u16(from_port)
        .u16(to_port)
        .u16(static_cast<unsigned>(8 + payload.size()))
        .u16(0)
        .raw(payload)
        .bytes();
}

std::vector<std::uint8_t> tcp(const char* from, unsigned from_port, const char* to, unsigned to_port, TcpPart part,
                              std::span<const std::uint8_t> payload)
{
    return Packet{6, from, to}
        .u16(from_port)
        .u16(to_port)
        .u32(part.sequence)
        .u32(0)
        .u8(0x50)
        .u8(part.flags)
        .u16(0xffff)
        .u32(0)
        .raw(payload)
        .bytes();
}

} // namespace linkspan::egress
