#include "base/mapping_rule.h"

#include "base/traffic_selector.h"

#include <netinet/in.h>

#include <algorithm>

namespace linkspan {
namespace {

bool is_within(const std::vector<IpPrefix>& networks, const IpAddress& address)
{
    return networks.empty() || std::ranges::any_of(networks, [&](const auto& n) { return n.contains(address); });
}

bool is_protocol(std::uint8_t wanted, std::uint8_t protocol)
{
    return wanted == 0 || wanted == protocol || (wanted == IPPROTO_ICMP && protocol == IPPROTO_ICMPV6);
}

bool makes(const std::vector<IpPrefix>& from, const std::optional<AddressRange>& to, const IpAddress& was,
           const IpAddress& is)
{
    if (!to) return is == was;
    if (const auto network = network_for(from, to)) return is == moved(was, *network);
    return to->contains(is);
}

} // namespace

std::optional<Family> family_of(const MappingRule& rule)
{
    if (!rule.source.empty()) return rule.source.front().family();
    if (!rule.destination.empty()) return rule.destination.front().family();
    for (const auto* to : {&rule.source_to, &rule.destination_to})
        if (*to) return (*to)->family();
    return {};
}

bool matches(const MappingRule& rule, const FirstPacket& packet)
{
    const auto family = family_of(rule);
    return (!family || *family == packet.source.family) && is_within(rule.source, packet.source) &&
           is_within(rule.destination, packet.destination) && is_protocol(rule.protocol, packet.protocol) &&
           (rule.port_first == 0 || (rule.port_first <= packet.port && packet.port <= rule.port_last));
}

std::optional<IpPrefix> network_for(const std::vector<IpPrefix>& from, const std::optional<AddressRange>& to)
{
    if (!to || to->is_one() || from.size() != 1) return {};
    const auto networks = to->networks();
    return networks.size() == 1 && networks.front().length == from.front().length ? std::optional{networks.front()}
                                                                                  : std::nullopt;
}

bool makes_source(const MappingRule* rule, const IpAddress& was, const IpAddress& is)
{
    return rule ? makes(rule->source, rule->source_to, was, is) : is == was;
}

bool makes_destination(const MappingRule* rule, const IpAddress& was, std::uint16_t port, const IpAddress& is,
                       std::uint16_t port_is)
{
    if (!rule) return is == was && port_is == port;
    return makes(rule->destination, rule->destination_to, was, is) &&
           port_is == (rule->port_to == 0 ? port : rule->port_to);
}

std::string networks_text(const std::vector<IpPrefix>& networks)
{
    std::string text;
    for (const auto& network : networks) text += (text.empty() ? "" : ", ") + network.text();
    return text.empty() ? "any" : text;
}

std::string service_text(const MappingRule& rule)
{
    if (rule.protocol == 0) return {};
    auto text = protocol_text(rule.protocol);
    if (rule.port_first != 0) text += "/" + std::to_string(rule.port_first);
    if (rule.port_last != rule.port_first) text += "-" + std::to_string(rule.port_last);
    return text;
}

} // namespace linkspan
