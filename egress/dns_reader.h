#pragma once

#include "base/dns_name.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace linkspan::egress {

/// Where a name of a message begins: at its first label, not at a pointer to it. So names that share their bytes, which
/// is how servers write nearly all of them, are equal at a glance.
struct NameAt {
    std::size_t at = 0;
    bool operator==(const NameAt&) const = default;
};

/// Reads one DNS message of at most 65,535 bytes (RFC 1035 section 4), which must outlive it. The first thing that is wrong
/// is remembered; from then on every read gives zero and every name is at an end, so a caller asks once, when it is done.
///
/// What a name may cost is bounded three ways, each of which has been the hole of some resolver: 255 octets a name,
/// pointers that lead backwards only and at most 128 of them in a row, and one budget of labels and pointers for all the
/// names of the message together, because thousands of short names may share one long chain.
class DnsReader {
public:
    explicit DnsReader(std::span<const std::uint8_t> message) : message_(message) {}

    [[nodiscard]] std::uint8_t u8()
    {
        const auto b = bytes(1);
        return b.empty() ? std::uint8_t{0} : b[0];
    }
    [[nodiscard]] std::uint16_t u16()
    {
        const auto b = bytes(2);
        return b.empty() ? std::uint16_t{0} : static_cast<std::uint16_t>(b[0] << 8 | b[1]);
    }
    [[nodiscard]] std::uint32_t u32()
    {
        const std::uint32_t high = u16();
        return high << 16 | u16();
    }
    /// The next bytes, and moves behind them.
    [[nodiscard]] std::span<const std::uint8_t> bytes(std::size_t count)
    {
        if (count > message_.size() - position_) fail("ends too early");
        if (failed()) return {};
        position_ += count;
        return message_.subspan(position_ - count, count);
    }
    /// Moves behind the name that stands here, having followed it to its end.
    [[nodiscard]] NameAt name();

    /// Equal but for the case of ASCII letters (RFC 4343).
    [[nodiscard]] bool same(NameAt a, NameAt b);
    /// The name, or the empty one where a host cannot be called so; that alone is no fault of the message.
    [[nodiscard]] DnsName host(NameAt name);

    [[nodiscard]] std::size_t position() const { return position_; }
    [[nodiscard]] bool failed() const { return !problem_.empty(); }
    /// What was wrong first; empty while nothing is.
    [[nodiscard]] std::string_view problem() const { return problem_; }
    void fail(std::string_view problem)
    {
        if (problem_.empty()) problem_ = problem;
    }

private:
    /// The way along one name: where the next label is looked for, and what has been spent.
    struct Way {
        std::size_t at = 0;
        std::size_t run = 0;    ///< where the labels in hand began: a pointer must lead before it
        std::size_t octets = 1; ///< of the name, with the root's
        unsigned pointers = 0;
    };

    /// The next label, or an empty one at the end of the name and where the message is malformed. Afterwards `way.at` is
    /// behind the label, or behind the end.
    [[nodiscard]] std::span<const std::uint8_t> next(Way& way);
    [[nodiscard]] bool follow(Way& way);
    [[nodiscard]] bool spend();

    std::span<const std::uint8_t> message_;
    std::size_t position_ = 0;
    std::size_t sound_ = 0; ///< where a name begins that was followed to its end; 0 is the header, where none begins
    unsigned budget_ = 1U << 15;
    std::string_view problem_;
};

} // namespace linkspan::egress
