#include "agent/refusal_entry.h"

#include <algorithm>
#include <array>

namespace linkspan::agent {
namespace {

constexpr std::array<std::pair<std::string_view, std::uint8_t>, 4> protocols{
    {{"tcp", 6}, {"udp", 17}, {"icmp", 1}, {"icmp", 58}}};

std::string with_port(const std::string& host, std::uint16_t port)
{
    if (port == 0) return host;
    return (host.contains(':') ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

} // namespace

std::string protocol_name(std::uint8_t ip_protocol)
{
    const auto* found = std::ranges::find(protocols, ip_protocol, &std::pair<std::string_view, std::uint8_t>::second);
    return found == protocols.end() ? std::to_string(ip_protocol) : std::string{found->first};
}

std::optional<std::uint8_t> protocol_number(std::string_view name)
{
    const auto* found = std::ranges::find(protocols, name, &std::pair<std::string_view, std::uint8_t>::first);
    return found == protocols.end() ? std::nullopt : std::optional{found->second};
}

service::Entry entry_of(const egress::Refusal& refusal)
{
    const auto& [client, address, protocol, port] = refusal.wanted;
    const std::string name{refusal.name.text()};
    const auto rule = refusal.rule.empty() ? std::string{"no rule"} : refusal.rule;
    auto text = "refused " + client.text() + " -> " + with_port(address.text(), port) + "/" + protocol_name(protocol);
    if (!name.empty()) text += " (" + name + ")";
    text += refusal.why.empty() ? ": " + rule : ": it " + refusal.why;
    if (!refusal.tag.empty()) text += " of tag " + refusal.tag;
    return {.level = service::Entry::Level::Notice,
            .message = std::move(text),
            .object = "egress",
            .fields = {{"EGRESS_SOURCE", client.text()},
                       {"EGRESS_DESTINATION", address.text()},
                       {"EGRESS_PROTOCOL", protocol_name(protocol)},
                       {"EGRESS_PORT", std::to_string(port)},
                       {"EGRESS_NAME", name},
                       {"EGRESS_TAG", refusal.tag},
                       {"EGRESS_RULE", rule},
                       {"EGRESS_WHY", refusal.why}}};
}

} // namespace linkspan::agent
