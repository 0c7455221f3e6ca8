#pragma once

#include "base/error.h"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

namespace linkspan {

/// The name of a host, as rules and answers compare it: labels of 1 to 63 bytes of a-z, 0-9, '-' and '_', joined by
/// dots, without a dot at the end; at most 253 bytes, which is what fits the 255 octets of a message. Holds its bytes
/// itself: what an outsider sends allocates nothing. The default is the empty name, which is no host's.
class DnsName {
public:
    static constexpr std::size_t max_size = 253;
    static constexpr std::size_t max_label = 63;

    /// As a person writes it: any case, one dot at the end allowed, Unicode turned into its A-labels (IDNA2008).
    [[nodiscard]] static Result<DnsName> parse(std::string_view text);

    /// Adds a label as a message carries it, in any case. False, and nothing changes, where a host's name cannot have it.
    [[nodiscard]] bool append(std::span<const std::uint8_t> label);

    [[nodiscard]] std::string_view text() const { return {bytes_.data(), size_}; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    /// True for "a.b.example.com" and "a.example.com" below "example.com", not for "example.com" itself.
    [[nodiscard]] bool is_below(const DnsName& apex) const;

    bool operator==(const DnsName& other) const { return text() == other.text(); }
    auto operator<=>(const DnsName& other) const { return text() <=> other.text(); }

private:
    std::array<char, max_size> bytes_{};
    std::uint8_t size_ = 0;
};

} // namespace linkspan

template <>
struct std::hash<linkspan::DnsName> {
    std::size_t operator()(const linkspan::DnsName& name) const noexcept
    {
        return std::hash<std::string_view>{}(name.text());
    }
};
