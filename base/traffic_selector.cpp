#include "base/traffic_selector.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace linkspan {
namespace {

struct Protocol {
    std::string_view name;
    std::uint8_t number;
    bool has_ports = false;
};
/// By IANA's numbers; the names are those of /etc/protocols, which need not be installed.
constexpr std::array protocols{
    Protocol{"icmp", 1},
    Protocol{"igmp", 2},
    Protocol{"ipip", 4},
    Protocol{"tcp", 6, true},
    Protocol{"udp", 17, true},
    Protocol{"dccp", 33, true},
    Protocol{"gre", 47},
    Protocol{"esp", 50},
    Protocol{"ah", 51},
    Protocol{"ipv6-icmp", 58},
    Protocol{"ospf", 89},
    Protocol{"sctp", 132, true},
    Protocol{"udplite", 136, true},
};

bool has_ports(std::uint8_t protocol)
{
    const auto* found = std::ranges::find(protocols, protocol, &Protocol::number);
    return found != protocols.end() && found->has_ports;
}

template <typename T>
std::optional<T> number_in(std::string_view text)
{
    T value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value == 0) return {};
    return value;
}

std::optional<std::uint8_t> protocol_in(std::string_view text)
{
    const auto* found = std::ranges::find(protocols, text, &Protocol::name);
    if (found != protocols.end()) return found->number;
    return number_in<std::uint8_t>(text);
}

std::unexpected<Error> refusal(std::string what)
{
    return failure(Kind::Config, std::move(what));
}

/// What stands between the brackets: "tcp/443", "udp".
Result<> parse_narrowing(std::string_view text, TrafficSelector& into)
{
    const auto slash = text.find('/');
    const auto name = text.substr(0, slash);
    const auto protocol = protocol_in(name);
    if (!protocol)
        return refusal("\"" + std::string{name} +
                       "\" is no protocol: use \"tcp\", \"udp\", \"icmp\", ... or its number");
    into.protocol = *protocol;
    if (slash == std::string_view::npos) return {};
    const auto port = text.substr(slash + 1);
    if (!has_ports(*protocol))
        return refusal(protocol_text(*protocol) + " has no ports: write [" + std::string{name} + "]");
    if (port.find_first_of("-:,") != std::string_view::npos)
        return refusal("\"" + std::string{port} +
                       "\" is not one port: the kernel's policies know one port or all, and no ranges");
    const auto number = number_in<std::uint16_t>(port);
    if (!number) return refusal("\"" + std::string{port} + "\" is no port: give a number from 1 to 65535");
    into.port = *number;
    return {};
}

} // namespace

Result<TrafficSelector> TrafficSelector::parse(std::string_view text)
{
    const auto bracket = text.find('[');
    const auto prefix = IpPrefix::parse(text.substr(0, bracket));
    if (!prefix) return std::unexpected(prefix.error());
    TrafficSelector selector{*prefix};
    if (bracket == std::string_view::npos) return selector;
    if (!text.ends_with(']')) return refusal("there is no closing bracket at its end");
    TRY(parse_narrowing(text.substr(bracket + 1, text.size() - bracket - 2), selector));
    if (selector.protocol == (selector.family() == Family::V4 ? 58 : 1))
        return refusal(selector.family() == Family::V4 ? "ipv6-icmp is IPv6's: write [icmp]"
                                                       : "icmp is IPv4's: write [ipv6-icmp]");
    return selector;
}

bool TrafficSelector::contains(const TrafficSelector& other) const
{
    return prefix.contains(other.prefix) && (protocol == 0 || protocol == other.protocol) &&
           (port == 0 || port == other.port);
}

std::string TrafficSelector::text() const
{
    if (protocol == 0) return prefix.text();
    return prefix.text() + "[" + protocol_text(protocol) + (port == 0 ? "" : "/" + std::to_string(port)) + "]";
}

std::string protocol_text(std::uint8_t protocol)
{
    const auto* found = std::ranges::find(protocols, protocol, &Protocol::number);
    return found != protocols.end() ? std::string{found->name} : std::to_string(protocol);
}

} // namespace linkspan
