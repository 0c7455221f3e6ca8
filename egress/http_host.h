#pragma once

#include "base/dns_name.h"
#include "base/error.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace linkspan::egress {

/// How much of a stream is looked at for the head of a request.
constexpr std::size_t max_http_head = 16384;

/// The host that the first request of a stream of TCP is for (RFC 9112 sections 3 and 7): that of an absolute target, which
/// then must be the Host field's too, or the Host field's alone. The empty name where there is none, as HTTP/1.0 allows, and
/// where it is an address. Nothing while more bytes are needed to tell. Kind::Protocol where the stream is no HTTP/1, says
/// the host twice, or in a way that servers read in different ways.
[[nodiscard]] Result<std::optional<DnsName>> decode_http_host(std::span<const std::uint8_t> stream);

} // namespace linkspan::egress
