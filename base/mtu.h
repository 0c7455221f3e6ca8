#pragma once

#include "base/ip.h"
#include "base/proposal.h"

#include <cstdint>
#include <span>

namespace linkspan {

/// The largest inner packet (bytes) whose ESP packet still fits into `outer_mtu` bytes, for tunnel mode with the
/// worst of `overheads`. `udp_encapsulation` adds the 8-byte UDP header of NAT-T (RFC 3948).
/// Never less than 1280 for an IPv6-capable or 576 for an IPv4-only tunnel (`carries_ipv6`).
[[nodiscard]] std::uint32_t tunnel_mtu(std::uint32_t outer_mtu, Family outer, std::span<const EspOverhead> overheads,
                                       bool udp_encapsulation, bool carries_ipv6);

/// TCP MSS (bytes) that fills `mtu` without options: 40 bytes of headers for IPv4, 60 for IPv6.
[[nodiscard]] constexpr std::uint32_t tcp_mss(std::uint32_t mtu, Family inner)
{
    return mtu - (inner == Family::V4 ? 40 : 60);
}

} // namespace linkspan
