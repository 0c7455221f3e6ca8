#include "base/egress_rule.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace linkspan {
namespace {

using Protocol = Service::Protocol;
constexpr std::array<std::pair<std::string_view, Protocol>, 5> protocol_names{{{"tcp", Protocol::Tcp},
                                                                               {"udp", Protocol::Udp},
                                                                               {"tcp,udp", Protocol::TcpUdp},
                                                                               {"icmp", Protocol::Icmp},
                                                                               {"all", Protocol::All}}};
constexpr std::uint8_t ip_icmp = 1, ip_tcp = 6, ip_udp = 17, ip_icmp6 = 58;
constexpr std::size_t max_port_ranges = 64; // a person who needs more means a range

std::unexpected<Error> refusal(std::string what)
{
    return failure(Kind::Config, std::move(what));
}

std::string quoted(std::string_view text)
{
    return "'" + std::string{text} + "'";
}

/// A rule's three parts as they stand in the text.
struct Parts {
    std::string_view target = {};
    std::optional<std::string_view> ports = {};
    std::optional<std::string_view> protocol = {};
};

bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// "/tcp" is the protocol, "/24" belongs to the network. A colon is in front of ports where it is the only one or stands
/// behind a bracket; elsewhere it is of an IPv6 address.
Parts split(std::string_view text)
{
    Parts parts{.target = text};
    if (const auto slash = text.rfind('/');
        slash != std::string_view::npos && slash + 1 < text.size() && is_letter(text[slash + 1])) {
        parts.protocol = text.substr(slash + 1);
        parts.target = text = text.substr(0, slash);
    }
    if (text.starts_with('[')) {
        const auto bracket = std::min(text.find(']'), text.size() - 1);
        parts.target = text.substr(1, bracket - 1);
        text.remove_prefix(bracket + 1);
        if (text.starts_with('/')) parts.target = {}; // "[2001:db8::]/32" is a way of writing that nobody else reads
        if (text.starts_with(':')) parts.ports = text.substr(1);
    } else if (std::ranges::count(text, ':') == 1) {
        parts.target = text.substr(0, text.find(':'));
        parts.ports = text.substr(text.find(':') + 1);
    }
    return parts;
}

Result<std::uint16_t> port_in(std::string_view text)
{
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0)
        return refusal(quoted(text) +
                       " is no port: a number from 1 to 65535, a range like 8000-8010, or a list of these");
    return port;
}

Result<PortRange> range_in(std::string_view text)
{
    const auto dash = text.find('-');
    const auto first = port_in(text.substr(0, dash));
    TRY(first);
    if (dash == std::string_view::npos) return PortRange{*first, *first};
    const auto last = port_in(text.substr(dash + 1));
    TRY(last);
    if (*last < *first) return refusal("the range of ports " + quoted(text) + " ends before it begins");
    return PortRange{*first, *last};
}

/// Rising, and joined where they touch: "443,80,81-90" is 80-90 and 443.
std::vector<PortRange> joined(std::vector<PortRange> ranges)
{
    std::ranges::sort(ranges);
    std::vector<PortRange> all;
    for (const PortRange& range : ranges)
        if (all.empty() || range.first > all.back().last + 1)
            all.push_back(range);
        else
            all.back().last = std::max(all.back().last, range.last);
    return all;
}

Result<std::vector<PortRange>> ports_in(std::string_view text)
{
    std::vector<PortRange> ranges;
    for (std::size_t begin = 0; begin <= text.size();) {
        const auto end = std::min(text.find(',', begin), text.size());
        const auto range = range_in(text.substr(begin, end - begin));
        TRY(range);
        ranges.push_back(*range);
        begin = end + 1;
    }
    if (ranges.size() > max_port_ranges)
        return refusal("more than 64 ports in one rule; write a range, like 8000-8999");
    return joined(std::move(ranges));
}

Result<Protocol> protocol_in(std::string_view text)
{
    const auto* found = std::ranges::find(protocol_names, text, &std::pair<std::string_view, Protocol>::first);
    if (found == protocol_names.end())
        return refusal(quoted(text) + " is no protocol here; known are tcp, udp, tcp,udp, icmp and all");
    return found->second;
}

Result<Service> service_in(const Parts& parts)
{
    Service service{.protocol = parts.ports ? Protocol::TcpUdp : Protocol::All};
    if (parts.protocol) {
        const auto protocol = protocol_in(*parts.protocol);
        TRY(protocol);
        service.protocol = *protocol;
    }
    if (!parts.ports) return service;
    if (service.protocol == Protocol::Icmp || service.protocol == Protocol::All)
        return refusal("ports are of tcp and udp; " + quoted(*parts.protocol) + " has none");
    auto ports = ports_in(*parts.ports);
    TRY(ports);
    service.ports = *std::move(ports);
    return service;
}

bool looks_like_an_address(std::string_view text)
{
    return text.contains(':') || (!text.empty() && std::ranges::all_of(text, [](char c) {
               return c == '.' || c == '/' || (c >= '0' && c <= '9');
           }));
}

Result<std::variant<NamePattern, IpPrefix>> target_in(std::string_view text)
{
    if (looks_like_an_address(text)) {
        if (const auto address = IpAddress::parse(text)) return IpPrefix::host(*address);
        const auto prefix = IpPrefix::parse(text);
        TRY(prefix);
        return *prefix;
    }
    const auto pattern = NamePattern::parse(text);
    TRY(pattern);
    return *pattern;
}

bool is_address(const std::variant<NamePattern, IpPrefix>& target)
{
    return std::holds_alternative<IpPrefix>(target);
}

/// A network, without the length where it is one address's; in brackets where ports follow one of version 6.
std::string text_of(const IpPrefix& prefix, bool ports)
{
    const bool host = prefix.length == address_bits(prefix.family());
    const std::string text = host ? prefix.address.text() : prefix.text();
    return ports && prefix.family() == Family::V6 ? "[" + text + "]" : text;
}

} // namespace

Result<NamePattern> NamePattern::parse(std::string_view text)
{
    if (text == "*") return NamePattern{{}, true};
    const bool below = text.starts_with("*.");
    const auto rest = below ? text.substr(2) : text;
    if (rest.contains('*'))
        return refusal(quoted(text) + " has a '*' that is not a whole label in front: write '*.example.com'");
    const auto name = DnsName::parse(rest);
    TRY(name);
    return NamePattern{*name, below};
}

bool NamePattern::matches(const DnsName& host) const
{
    if (!below) return !host.empty() && host == name;
    return name.empty() ? !host.empty() : host.is_below(name);
}

std::string NamePattern::text() const
{
    if (!below) return std::string{name.text()};
    return name.empty() ? "*" : "*." + std::string{name.text()};
}

bool Service::matches(std::uint8_t ip_protocol, std::uint16_t port) const
{
    const bool tcp = ip_protocol == ip_tcp && (protocol == Protocol::Tcp || protocol == Protocol::TcpUdp);
    const bool udp = ip_protocol == ip_udp && (protocol == Protocol::Udp || protocol == Protocol::TcpUdp);
    if (protocol == Protocol::All) return true;
    if (protocol == Protocol::Icmp) return ip_protocol == ip_icmp || ip_protocol == ip_icmp6;
    if (!tcp && !udp) return false;
    return ports.empty() || std::ranges::any_of(ports, [&](const PortRange& range) { return range.contains(port); });
}

std::string Service::text() const
{
    std::string text;
    for (const PortRange& range : ports) {
        text += text.empty() ? ":" : ",";
        text += std::to_string(range.first);
        if (range.last != range.first) text += "-" + std::to_string(range.last);
    }
    const auto* name = std::ranges::find(protocol_names, protocol, &std::pair<std::string_view, Protocol>::second);
    if (protocol == Protocol::All || (protocol == Protocol::TcpUdp && !ports.empty())) return text;
    return text.append("/").append(name->first);
}

Result<EgressRule> EgressRule::parse(std::string_view text)
{
    if (text.contains("://"))
        return refusal(quoted(text) +
                       " is an address of a page; a rule names a host and its ports, like 'example.com:443/tcp'");
    const Parts parts = split(text);
    auto target = target_in(parts.target);
    TRY(target);
    auto service = service_in(parts);
    TRY(service);
    return EgressRule{*std::move(target), *std::move(service)};
}

std::string EgressRule::text() const
{
    const std::string where = is_address(target) ? text_of(std::get<IpPrefix>(target), !service.ports.empty())
                                                 : std::get<NamePattern>(target).text();
    return where + service.text();
}

} // namespace linkspan
