#pragma once

#include "base/ip.h"

#include <linux/xfrm.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstring>
#include <optional>

namespace linkspan::xfrm {

/// For the codec files only: addresses as the kernel's xfrm messages carry them.

inline void encode_address(const IpAddress& address, xfrm_address_t& to)
{
    std::memcpy(&to, address.bytes.data(), sizeof to);
}

[[nodiscard]] inline std::optional<Family> decode_family(std::uint16_t family)
{
    if (family == AF_INET) return Family::V4;
    if (family == AF_INET6) return Family::V6;
    return std::nullopt;
}

[[nodiscard]] inline IpAddress decode_address(const xfrm_address_t& from, Family family)
{
    IpAddress address{family, {}};
    std::memcpy(address.bytes.data(), &from, address_bits(family) / 8);
    return address;
}

} // namespace linkspan::xfrm
