#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace linkspan::egress {

/// Reads numbers and length-prefixed vectors in network order, as TLS writes them. What is missing is remembered; from then
/// on every read gives zero or nothing.
class ByteReader {
public:
    explicit ByteReader(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

    [[nodiscard]] std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
    [[nodiscard]] std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
    [[nodiscard]] std::uint32_t u24() { return number(3); }
    [[nodiscard]] std::uint32_t u32() { return number(4); }
    /// Moves behind the next bytes.
    [[nodiscard]] std::span<const std::uint8_t> bytes(std::size_t count)
    {
        if (count > rest_.size()) short_ = true;
        if (short_) return {};
        const auto taken = rest_.first(count);
        rest_ = rest_.subspan(count);
        return taken;
    }
    /// A vector whose length stands in front of it, in one byte or two.
    [[nodiscard]] std::span<const std::uint8_t> vector8() { return bytes(u8()); }
    [[nodiscard]] std::span<const std::uint8_t> vector16() { return bytes(u16()); }

    [[nodiscard]] bool ended() const { return rest_.empty(); }
    /// True once more was read than there is.
    [[nodiscard]] bool fell_short() const { return short_; }

private:
    [[nodiscard]] std::uint32_t number(std::size_t size)
    {
        std::uint32_t value = 0;
        for (const std::uint8_t byte : bytes(size)) value = value << 8 | byte;
        return value;
    }
    std::span<const std::uint8_t> rest_;
    bool short_ = false;
};

} // namespace linkspan::egress
