#pragma once

#include "base/ip.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace linkspan::egress {

/// IPv4 packets as a test writes them; checksums are zero, for nobody here verifies them.
class Packet {
public:
    Packet(std::uint8_t protocol, const char* from, const char* to);

    Packet& u8(unsigned value);
    Packet& u16(unsigned value);
    Packet& u32(std::uint32_t value);
    Packet& raw(std::span<const std::uint8_t> bytes);
    Packet& text(std::string_view text);
    /// With the length as it now is.
    [[nodiscard]] std::vector<std::uint8_t> bytes() const;

private:
    std::vector<std::uint8_t> bytes_;
};

[[nodiscard]] std::vector<std::uint8_t> udp(const char* from, unsigned from_port, const char* to, unsigned to_port,
                                            std::span<const std::uint8_t> payload);
struct TcpPart {
    std::uint32_t sequence = 0;
    unsigned flags = 0x10; ///< ACK
};
[[nodiscard]] std::vector<std::uint8_t> tcp(const char* from, unsigned from_port, const char* to, unsigned to_port,
                                            TcpPart part, std::span<const std::uint8_t> payload = {});

} // namespace linkspan::egress
