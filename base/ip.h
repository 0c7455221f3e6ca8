#pragma once

#include "base/error.h"

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace linkspan {

enum class Family : std::uint8_t { V4, V6 };

/// AF_INET or AF_INET6.
[[nodiscard]] int address_family(Family family);
[[nodiscard]] constexpr unsigned address_bits(Family family)
{
    return family == Family::V4 ? 32 : 128;
}

/// An IPv4 or IPv6 address. Bytes are in network order; the unused tail of an IPv4 address is zero.
struct IpAddress {
    Family family = Family::V4;
    std::array<std::uint8_t, 16> bytes{};

    auto operator<=>(const IpAddress&) const = default;

    [[nodiscard]] static Result<IpAddress> parse(std::string_view text);
    /// From 4 or 16 network-order bytes; any other length is a bug and gives 0.0.0.0.
    [[nodiscard]] static IpAddress from_bytes(std::span<const std::uint8_t> bytes);
    [[nodiscard]] static IpAddress any(Family family) { return {family, {}}; }

    [[nodiscard]] std::span<const std::uint8_t> octets() const
    {
        return std::span{bytes}.first(family == Family::V4 ? 4 : 16);
    }
    [[nodiscard]] bool is_unspecified() const { return bytes == std::array<std::uint8_t, 16>{}; }
    [[nodiscard]] bool is_loopback() const;
    [[nodiscard]] bool is_multicast() const;
    [[nodiscard]] bool is_link_local() const; ///< 169.254/16 or fe80::/10
    [[nodiscard]] std::string text() const;
};

/// A network in canonical form: host bits are zero. `length` is at most address_bits(family).
struct IpPrefix {
    IpAddress address = {};
    std::uint8_t length = 0;

    auto operator<=>(const IpPrefix&) const = default;

    /// Refuses host bits, and says in the message which network was probably meant.
    [[nodiscard]] static Result<IpPrefix> parse(std::string_view text);
    [[nodiscard]] static IpPrefix host(const IpAddress& a)
    {
        return {a, static_cast<std::uint8_t>(address_bits(a.family))};
    }
    [[nodiscard]] static IpPrefix any(Family family) { return {IpAddress::any(family), 0}; }
    /// `a/length` with the host bits cleared.
    [[nodiscard]] static IpPrefix network_of(IpAddress a, std::uint8_t length);

    [[nodiscard]] Family family() const { return address.family; }
    [[nodiscard]] bool contains(const IpAddress& a) const;
    [[nodiscard]] bool contains(const IpPrefix& p) const;
    [[nodiscard]] bool overlaps(const IpPrefix& p) const { return contains(p) || p.contains(*this); }
    [[nodiscard]] std::string text() const;
};

/// An address on an interface: the address with its host bits, and its prefix length ("169.254.21.2/30").
struct IpInterface {
    IpAddress address = {};
    std::uint8_t length = 0;

    auto operator<=>(const IpInterface&) const = default;

    [[nodiscard]] static Result<IpInterface> parse(std::string_view text);
    [[nodiscard]] IpPrefix network() const { return IpPrefix::network_of(address, length); }
    [[nodiscard]] std::string text() const;
};

} // namespace linkspan

template <>
struct std::hash<linkspan::IpAddress> {
    std::size_t operator()(const linkspan::IpAddress& a) const noexcept
    {
        return std::hash<std::string_view>{}({reinterpret_cast<const char*>(a.bytes.data()), a.bytes.size()});
    }
};
