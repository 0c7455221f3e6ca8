#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace linkspan::egress {

using Bytes = std::vector<std::uint8_t>;

/// A DNS message as a test writes it, right or wrong: nothing is checked.
class DnsPacket {
public:
    static constexpr std::uint16_t answer_flags = 0x8180; ///< QR, RD, RA
    static constexpr std::uint16_t question_at = 12;

    explicit DnsPacket(std::uint16_t id = 0x1234, std::uint16_t flags = answer_flags, std::uint16_t questions = 1,
                       std::uint16_t answers = 0);

    DnsPacket& u8(unsigned value);
    DnsPacket& u16(unsigned value);
    DnsPacket& u32(std::uint32_t value);
    DnsPacket& raw(const Bytes& bytes);
    /// The labels of "a.b.c", without an end.
    DnsPacket& labels(std::string_view dotted);
    DnsPacket& name(std::string_view dotted) { return labels(dotted).u8(0); }
    DnsPacket& pointer(unsigned target) { return u16(0xc000U | target); }
    DnsPacket& question(std::string_view dotted, unsigned type) { return name(dotted).u16(type).u16(1); }

    /// A record of class IN whose owner is the name at `owner`; raises the count of answers.
    DnsPacket& record(unsigned owner, unsigned type, std::uint32_t ttl, const Bytes& data);
    /// The same with the owner written out.
    DnsPacket& record(std::string_view owner, unsigned type, std::uint32_t ttl, const Bytes& data);
    DnsPacket& a(unsigned owner, std::uint32_t ttl, const Bytes& address) { return record(owner, 1, ttl, address); }

    [[nodiscard]] std::uint16_t here() const { return static_cast<std::uint16_t>(bytes_.size()); }
    [[nodiscard]] const Bytes& bytes() const { return bytes_; }

private:
    DnsPacket& tail(unsigned type, std::uint32_t ttl, const Bytes& data);
    Bytes bytes_;
};

/// The labels of a name with its end, as record data.
[[nodiscard]] Bytes name_bytes(std::string_view dotted);

} // namespace linkspan::egress
