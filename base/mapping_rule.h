#pragma once

#include "base/address_range.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace linkspan {

/// The first packet of a session, as it comes: what a rule looks at.
struct FirstPacket {
    IpAddress source = {};
    IpAddress destination = {};
    std::uint8_t protocol = 0;
    std::uint16_t port = 0; ///< of the destination; 0 where the protocol has none
};

/// A rule of a connection's custom mapping: which sessions, and what takes the place of their addresses. Of the rules for
/// one direction the first that matches counts. Addresses are those that this side knows: what the peer's side sees went
/// through the connection's one-to-one mapping, too.
struct MappingRule {
    bool from_here = true;                  ///< begun by our hosts, else by the peer's
    bool exclude = false;                   ///< those sessions keep their addresses
    std::vector<IpPrefix> source = {};      ///< empty = any
    std::vector<IpPrefix> destination = {}; ///< empty = any
    std::uint8_t protocol = 0;              ///< IANA number, ICMP's standing for ICMPv6, too; 0 = any
    std::uint16_t port_first = 0;           ///< of the destination; 0 = any
    std::uint16_t port_last = 0;
    std::optional<AddressRange> source_to = {};
    std::optional<AddressRange> destination_to = {};
    std::uint16_t port_to = 0; ///< in place of the destination's port; 0 = it stays

    bool operator==(const MappingRule&) const = default;
};

/// Of its addresses; nothing where it has none, and so is about both.
[[nodiscard]] std::optional<Family> family_of(const MappingRule& rule);

[[nodiscard]] bool matches(const MappingRule& rule, const FirstPacket& packet);

/// The network that `to` is, where it is mapped from one network of the same length: every host keeps its number. Nothing
/// where many become one, or a few.
[[nodiscard]] std::optional<IpPrefix> network_for(const std::vector<IpPrefix>& from,
                                                  const std::optional<AddressRange>& to);

/// True where `rule` (null: none) makes `is` out of `was`. The port belongs to the destination.
[[nodiscard]] bool makes_source(const MappingRule* rule, const IpAddress& was, const IpAddress& is);
[[nodiscard]] bool makes_destination(const MappingRule* rule, const IpAddress& was, std::uint16_t port,
                                     const IpAddress& is, std::uint16_t port_is);

/// "10.1.0.0/16, 10.3.0.0/16"; "any" for none.
[[nodiscard]] std::string networks_text(const std::vector<IpPrefix>& networks);
/// "tcp/443", "udp/5000-5100", "icmp"; empty for any.
[[nodiscard]] std::string service_text(const MappingRule& rule);

} // namespace linkspan
