#include "base/ip.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <optional>

namespace linkspan {
namespace {

/// The text in front of and behind the single '/', or nothing where there is no '/'.
struct Slashed {
    std::string_view address;
    std::string_view length;
};

Result<Slashed> split(std::string_view text)
{
    const auto slash = text.find('/');
    if (slash == std::string_view::npos)
        return failure(Kind::Config, "'" + std::string{text} + "' has no prefix length, like /24");
    return Slashed{text.substr(0, slash), text.substr(slash + 1)};
}

/// "255.255.0.0" is 16; nothing for what is no netmask.
std::optional<int> length_of_netmask(std::string_view text)
{
    const auto mask = IpAddress::parse(text);
    if (!mask || mask->family != Family::V4) return {};
    std::uint32_t bits = 0;
    for (const auto byte : mask->octets()) bits = bits << 8 | byte;
    const int length = std::countl_one(bits);
    return std::popcount(bits) == length ? std::optional{length} : std::nullopt;
}

Result<std::uint8_t> parse_length(std::string_view text, Family family)
{
    if (const auto netmask = length_of_netmask(text); netmask && family == Family::V4)
        return failure(Kind::Config, "the netmask " + std::string{text} + " is written /" + std::to_string(*netmask));
    unsigned length = 0;
    const auto [end, err] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (err != std::errc{} || end != text.data() + text.size() || length > address_bits(family))
        return failure(Kind::Config, "prefix length '" + std::string{text} + "' is not a number from 0 to " +
                                         std::to_string(address_bits(family)));
    return static_cast<std::uint8_t>(length);
}

bool same_leading_bits(const IpAddress& a, const IpAddress& b, unsigned bits)
{
    const auto whole = bits / 8;
    if (!std::equal(a.bytes.begin(), a.bytes.begin() + whole, b.bytes.begin())) return false;
    const auto rest = bits % 8;
    return rest == 0 || ((a.bytes[whole] ^ b.bytes[whole]) >> (8 - rest)) == 0;
}

} // namespace

int address_family(Family family)
{
    return family == Family::V4 ? AF_INET : AF_INET6;
}

Result<IpAddress> IpAddress::parse(std::string_view text)
{
    const std::string terminated{text};
    for (auto family : {Family::V4, Family::V6}) {
        IpAddress address{family, {}};
        if (!text.contains('\0') && // the C function would stop there and accept what stands before
            ::inet_pton(address_family(family), terminated.c_str(), address.bytes.data()) == 1)
            return address;
    }
    return failure(Kind::Config, "'" + terminated + "' is not an IPv4 or IPv6 address");
}

IpAddress IpAddress::from_bytes(std::span<const std::uint8_t> bytes)
{
    IpAddress address{bytes.size() == 16 ? Family::V6 : Family::V4, {}};
    if (bytes.size() == 4 || bytes.size() == 16) std::ranges::copy(bytes, address.bytes.begin());
    return address;
}

bool IpAddress::is_loopback() const
{
    return family == Family::V4 ? bytes[0] == 127
                                : *this == IpAddress{Family::V6, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
}

bool IpAddress::is_multicast() const
{
    return family == Family::V4 ? (bytes[0] & 0xf0) == 0xe0 : bytes[0] == 0xff;
}

bool IpAddress::is_link_local() const
{
    return family == Family::V4 ? bytes[0] == 169 && bytes[1] == 254 : bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
}

std::string IpAddress::text() const
{
    char buffer[INET6_ADDRSTRLEN] = {};
    ::inet_ntop(address_family(family), bytes.data(), buffer, sizeof buffer);
    return buffer;
}

Result<IpPrefix> IpPrefix::parse(std::string_view text)
{
    const auto given = IpInterface::parse(text);
    if (!given) return std::unexpected(given.error());
    const auto network = given->network();
    if (network.address != given->address)
        return failure(Kind::Config, "'" + std::string{text} + "' has host bits set; the network is " + network.text());
    return network;
}

IpPrefix IpPrefix::network_of(IpAddress a, std::uint8_t length)
{
    for (unsigned i = 0; i < a.bytes.size(); ++i) {
        const int keep = std::clamp(static_cast<int>(length) - static_cast<int>(8 * i), 0, 8);
        a.bytes[i] &= static_cast<std::uint8_t>(0xff << (8 - keep));
    }
    return {a, length};
}

bool IpPrefix::contains(const IpAddress& a) const
{
    return a.family == family() && same_leading_bits(a, address, length);
}

bool IpPrefix::contains(const IpPrefix& p) const
{
    return p.length >= length && contains(p.address);
}

std::string IpPrefix::text() const
{
    return address.text() + "/" + std::to_string(length);
}

Result<IpInterface> IpInterface::parse(std::string_view text)
{
    const auto parts = split(text);
    if (!parts) return std::unexpected(parts.error());
    const auto address = IpAddress::parse(parts->address);
    if (!address) return std::unexpected(address.error());
    const auto length = parse_length(parts->length, address->family);
    if (!length) return std::unexpected(length.error());
    return IpInterface{*address, *length};
}

std::string IpInterface::text() const
{
    return address.text() + "/" + std::to_string(length);
}

} // namespace linkspan
