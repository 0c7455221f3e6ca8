#pragma once

#include "base/dns_name.h"
#include "base/error.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace linkspan::egress {

/// What a TLS client says before anything is encrypted (RFC 8446 section 4.1.2, RFC 6066 section 3).
struct ClientHello {
    DnsName server_name = {}; ///< empty: it named none
    bool encrypted_too =
        false; ///< it carries an encrypted hello (ECH, RFC 9849), whose name nobody but the server reads
    bool operator==(const ClientHello&) const = default;
};

/// How much of a stream is looked at for a hello: with post-quantum keys they take 2,000 bytes, and 4 tickets of a
/// server that is generous with them hardly ever reach 16,384.
constexpr std::size_t max_client_hello = 16384;

/// The hello that a stream of TCP begins with, which may be cut into records and segments anywhere. Nothing while more
/// bytes are needed to tell. Kind::Protocol where the stream is no TLS, is malformed, or gives a name no host has; never
/// "perhaps": a caller that lets such a stream pass does so by somebody's word.
[[nodiscard]] Result<std::optional<ClientHello>> decode_client_hello(std::span<const std::uint8_t> stream);

} // namespace linkspan::egress
