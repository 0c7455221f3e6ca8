#pragma once

#include "base/error.h"

#include <cstdint>
#include <string>

namespace linkspan::cli {

/// What a person asks about: a name or an address, and a service of it.
struct EgressTarget {
    std::string host = {};
    std::uint16_t port = 0; ///< 0: ICMP has none
    std::string protocol = {};
    bool operator==(const EgressTarget&) const = default;
};

/// "example.com:443", "192.0.2.7:123/udp", "[2001:db8::7]:443/tcp", "example.com/icmp". Without a protocol it is TCP.
[[nodiscard]] Result<EgressTarget> parse_target(const std::string& text);

} // namespace linkspan::cli
