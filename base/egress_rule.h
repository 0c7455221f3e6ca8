#pragma once

#include "base/dns_name.h"
#include "base/ip.h"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace linkspan {

/// The names of a rule: one, or all below it. "*.example.com" means one or more labels in front of "example.com", and not
/// "example.com" itself. A lone "*" is every name.
struct NamePattern {
    DnsName name = {};  ///< empty with `below`: every name
    bool below = false; ///< the names below `name`, without itself

    auto operator<=>(const NamePattern&) const = default;

    [[nodiscard]] static Result<NamePattern> parse(std::string_view text);
    [[nodiscard]] bool matches(const DnsName& host) const;
    [[nodiscard]] std::string text() const;
};

struct PortRange {
    std::uint16_t first = 0;
    std::uint16_t last = 0; ///< at least `first`
    auto operator<=>(const PortRange&) const = default;
    [[nodiscard]] bool contains(std::uint16_t port) const { return first <= port && port <= last; }
};

/// What a rule is about beyond the name: protocols, and ports for those that have them.
struct Service {
    enum class Protocol : std::uint8_t { All, Tcp, Udp, TcpUdp, Icmp };
    Protocol protocol = Protocol::All;
    std::vector<PortRange> ports = {}; ///< rising, apart from each other; empty = all. Only of Tcp, Udp, TcpUdp

    auto operator<=>(const Service&) const = default;

    /// `ip_protocol` is IANA's number; `port` counts only where that has ports. ICMP is that of both families.
    [[nodiscard]] bool matches(std::uint8_t ip_protocol, std::uint16_t port) const;
    [[nodiscard]] std::string text() const; ///< ":80,443/tcp"; empty for all
};

/// One rule of a tag: where to, and by which service.
///
///   packages.example.org:443/tcp    *.ubuntu.com:80,443/tcp    *:123/udp    example.org:443    example.org    host.example/icmp
///   192.0.2.0/24:8000-8010/tcp      192.0.2.7:22/tcp           2001:db8::/32                    [2001:db8::7]:443/tcp
///
/// Ports without a protocol are those of TCP and UDP; neither means everything.
struct EgressRule {
    std::variant<NamePattern, IpPrefix> target = {};
    Service service = {};

    auto operator<=>(const EgressRule&) const = default;

    /// Kind::Config with advice.
    [[nodiscard]] static Result<EgressRule> parse(std::string_view text);
    /// As parse() takes it, in one spelling.
    [[nodiscard]] std::string text() const;
};

} // namespace linkspan
