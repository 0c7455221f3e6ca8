#include "config/rule_cover.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace linkspan::config {
namespace {

using Protocol = Service::Protocol;

bool has(const Service& service, Protocol protocol)
{
    if (service.protocol == Protocol::All || service.protocol == protocol) return true;
    return service.protocol == Protocol::TcpUdp && protocol != Protocol::Icmp && protocol != Protocol::All;
}

bool has_ports(Protocol protocol)
{
    return protocol == Protocol::Tcp || protocol == Protocol::Udp;
}

bool ports_cover(const std::vector<PortRange>& outer, const std::vector<PortRange>& inner)
{
    if (outer.empty()) return true;
    return !inner.empty() && std::ranges::all_of(inner, [&](const PortRange& one) {
        return std::ranges::any_of(
            outer, [&](const PortRange& other) { return other.first <= one.first && one.last <= other.last; });
    });
}

bool ports_meet(const std::vector<PortRange>& a, const std::vector<PortRange>& b)
{
    if (a.empty() || b.empty()) return true;
    return std::ranges::any_of(a, [&](const PortRange& one) {
        return std::ranges::any_of(
            b, [&](const PortRange& other) { return one.first <= other.last && other.first <= one.last; });
    });
}

std::vector<EgressTarget> names_above(const NamePattern& pattern)
{
    std::vector<EgressTarget> all{pattern};
    auto rest = pattern.name.text();
    while (!rest.empty()) {
        const auto dot = rest.find('.');
        rest.remove_prefix(dot == std::string_view::npos ? rest.size() : dot + 1);
        if (rest.empty())
            all.emplace_back(NamePattern{{}, true});
        else
            all.emplace_back(NamePattern{*DnsName::parse(rest), true});
    }
    return all;
}

} // namespace

bool covers(const Service& outer, const Service& inner)
{
    for (const auto protocol : {Protocol::Tcp, Protocol::Udp, Protocol::Icmp, Protocol::All}) {
        if (!has(inner, protocol)) continue;
        if (!has(outer, protocol)) return false;
        if (has_ports(protocol) && !ports_cover(outer.ports, inner.ports)) return false;
    }
    return true;
}

bool meet(const Service& a, const Service& b)
{
    return std::ranges::any_of(
        std::array{Protocol::Tcp, Protocol::Udp, Protocol::Icmp, Protocol::All}, [&](Protocol protocol) {
            return has(a, protocol) && has(b, protocol) && (!has_ports(protocol) || ports_meet(a.ports, b.ports));
        });
}

std::vector<EgressTarget> covers_of(const EgressTarget& target)
{
    if (const auto* pattern = std::get_if<NamePattern>(&target)) return names_above(*pattern);
    const auto& prefix = std::get<IpPrefix>(target);
    std::vector<EgressTarget> all{prefix};
    for (std::uint8_t length = prefix.length; length > 0; --length)
        all.emplace_back(IpPrefix::network_of(prefix.address, static_cast<std::uint8_t>(length - 1)));
    return all;
}

void RulesByTarget::add(std::span<const EgressRule> rules)
{
    for (const auto& rule : rules) rules_[rule.target].push_back(&rule);
}

const EgressRule* RulesByTarget::covering(const EgressRule& rule) const
{
    for (const auto& target : covers_of(rule.target)) {
        const auto found = rules_.find(target);
        if (found == rules_.end()) continue;
        bool is_later = false; // than `rule` itself
        for (const auto* other : found->second) {
            is_later |= other == &rule;
            if (other == &rule || !covers(other->service, rule.service)) continue;
            if (!is_later || *other != rule) return other;
        }
    }
    return nullptr;
}

std::vector<const EgressRule*> RulesByTarget::around(const EgressRule& rule) const
{
    std::vector<const EgressRule*> all;
    for (const auto& target : covers_of(rule.target))
        if (const auto found = rules_.find(target); found != rules_.end())
            for (const auto* other : found->second)
                if (meet(other->service, rule.service)) all.push_back(other);
    return all;
}

} // namespace linkspan::config
