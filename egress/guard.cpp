#include "egress/guard.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace linkspan::egress {
namespace {

/// From IANA's registries of special-purpose addresses (RFC 6890 and its successors).
constexpr std::array<std::string_view, 20> inward{"0.0.0.0/8",      "10.0.0.0/8",     "100.64.0.0/10", "127.0.0.0/8",
                                                  "169.254.0.0/16", "172.16.0.0/12",  "192.0.0.0/24",  "192.168.0.0/16",
                                                  "198.18.0.0/15",  "224.0.0.0/4",    "240.0.0.0/4",   "::/96",
                                                  "::ffff:0:0/96",  "64:ff9b:1::/48", "100::/64",      "2001::/32",
                                                  "2002::/16",      "fc00::/7",       "fe80::/10",     "ff00::/8"};

/// The address that a translator between the families would make of this one (64:ff9b::/96, RFC 6052).
std::optional<IpAddress> translated(const IpAddress& address)
{
    static const IpPrefix translators = *IpPrefix::parse("64:ff9b::/96");
    if (!translators.contains(address)) return std::nullopt;
    return IpAddress::from_bytes(address.octets().subspan(12));
}

bool any_contains(std::span<const IpPrefix> networks, const IpAddress& address)
{
    return std::ranges::any_of(networks, [&](const IpPrefix& network) { return network.contains(address); });
}

} // namespace

std::span<const IpPrefix> inward_networks()
{
    static const std::vector<IpPrefix> networks = [] {
        std::vector<IpPrefix> parsed;
        for (const auto text : inward) parsed.push_back(*IpPrefix::parse(text));
        return parsed;
    }();
    return networks;
}

bool Guard::lets_in(const IpAddress& address) const
{
    if (const auto inner = translated(address); inner && !lets_in(*inner)) return false;
    if (any_contains(own_, address)) return false;
    return any_contains(opened_, address) || !any_contains(inward_networks(), address);
}

} // namespace linkspan::egress
