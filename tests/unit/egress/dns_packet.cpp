#include "dns_packet.h"

#include <algorithm>

namespace linkspan::egress {
namespace {

void append_labels(Bytes& bytes, std::string_view dotted)
{
    for (std::size_t begin = 0; begin < dotted.size();) {
        const std::size_t end = std::min(dotted.find('.', begin), dotted.size());
        bytes.push_back(static_cast<std::uint8_t>(end - begin));
        bytes.insert(bytes.end(), dotted.begin() + static_cast<std::ptrdiff_t>(begin),
                     dotted.begin() + static_cast<std::ptrdiff_t>(end));
        begin = end + 1;
    }
}

} // namespace

DnsPacket::DnsPacket(std::uint16_t id, std::uint16_t flags, std::uint16_t questions, std::uint16_t answers)
{
    u16(id).u16(flags).u16(questions).u16(answers).u32(0);
}

DnsPacket& DnsPacket::u8(unsigned value)
{
    bytes_.push_back(static_cast<std::uint8_t>(value));
    return *this;
}

DnsPacket& DnsPacket::u16(unsigned value)
{
    return u8(value >> 8).u8(value);
}

DnsPacket& DnsPacket::u32(std::uint32_t value)
{
    return u16(value >> 16).u16(value);
}

DnsPacket& DnsPacket::raw(const Bytes& bytes)
{
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
}

DnsPacket& DnsPacket::labels(std::string_view dotted)
{
    append_labels(bytes_, dotted);
    return *this;
}

DnsPacket& DnsPacket::record(unsigned owner, unsigned type, std::uint32_t ttl, const Bytes& data)
{
    return pointer(owner).tail(type, ttl, data);
}

DnsPacket& DnsPacket::record(std::string_view owner, unsigned type, std::uint32_t ttl, const Bytes& data)
{
    return name(owner).tail(type, ttl, data);
}

DnsPacket& DnsPacket::tail(unsigned type, std::uint32_t ttl, const Bytes& data)
{
    ++bytes_[7]; // of the count of answers, the low byte
    return u16(type).u16(1).u32(ttl).u16(static_cast<unsigned>(data.size())).raw(data);
}

Bytes name_bytes(std::string_view dotted)
{
    Bytes bytes;
    append_labels(bytes, dotted);
    bytes.push_back(0);
    return bytes;
}

} // namespace linkspan::egress
