#include "agent/compile_egress.h"

#include "agent/doh.h"
#include "egress/policy.h"

#include <algorithm>

namespace linkspan::agent {
namespace {

egress::Spec spec_of(const config::Egress& egress)
{
    egress::Spec spec;
    for (const auto& tag : egress.tags) spec.tags.push_back({tag.name, tag.allow, tag.deny});
    for (const auto& policy : egress.policies) spec.attachments.push_back({policy.sources, policy.tags});
    return spec;
}

/// The gateway's own addresses and the resolvers: no name may lead to them.
egress::Guard guard_of(const config::Egress& egress, const Facts& facts)
{
    std::vector<IpPrefix> own;
    for (const auto& address : facts.own_addresses) own.push_back(IpPrefix::host(address));
    for (const auto& resolver : egress.resolvers) own.push_back(IpPrefix::host(resolver));
    std::ranges::sort(own);
    return {std::move(own), egress.private_answers};
}

egress::Snoop::Limits limits_of(const config::Egress& egress)
{
    return {.questions = {.per_client = egress.limits.questions_per_client},
            .pins = {.total = egress.limits.addresses,
                     .per_client = egress.limits.addresses_per_client,
                     .addresses_per_answer = egress.limits.addresses_per_answer,
                     .shortest = egress.minimum_ttl,
                     .longest = egress.maximum_ttl,
                     .grace = egress.grace}};
}

egress::NameCheck names_of(config::SniCheck sni)
{
    switch (sni) {
    case config::SniCheck::Require: return egress::NameCheck::Require;
    case config::SniCheck::IfPresent: return egress::NameCheck::IfPresent;
    case config::SniCheck::Off: break;
    }
    return egress::NameCheck::Off;
}

std::map<IpPrefix, bool> open_of(const config::Egress& egress)
{
    std::map<IpPrefix, bool> open;
    for (const auto& policy : egress.policies)
        for (const auto& source : policy.sources) open[source] |= policy.fallback == config::EgressDefault::Allow;
    return open;
}

egress::Rules rules_of(const config::Egress& egress, const Facts& facts)
{
    egress::Rules rules{.policy = egress::SharedPolicy{spec_of(egress)},
                        .guard = guard_of(egress, facts),
                        .limits = limits_of(egress),
                        .names = names_of(egress.sni),
                        .discover = egress.mode == config::EgressMode::Discover,
                        .held = egress.limits.held,
                        .open = open_of(egress),
                        .resolvers = egress.resolvers};
    for (const auto& policy : egress.policies)
        if (!policy.pass_through.empty()) rules.pass.push_back({policy.sources, policy.pass_through});
    return rules;
}

/// One class of services as ports and protocols.
nft::PinClass class_of(const std::vector<egress::Stretch>& stretches, std::size_t most_pins)
{
    using egress::Stretch;
    nft::PinClass pin_class{.name = egress::name_of(stretches, most_pins)};
    const auto add_ports = [](const Stretch& stretch, std::uint32_t base, std::vector<PortRange>& ports) {
        const auto first = std::max(stretch.first, base), last = std::min(stretch.last, base + 0xffff);
        if (first <= last)
            ports.push_back({static_cast<std::uint16_t>(first - base), static_cast<std::uint16_t>(last - base)});
    };
    for (const auto& stretch : stretches) {
        add_ports(stretch, Stretch::tcp, pin_class.tcp);
        add_ports(stretch, Stretch::udp, pin_class.udp);
    }
    for (const auto& stretch : stretches) {
        pin_class.icmp |= stretch.first <= Stretch::icmp && Stretch::icmp <= stretch.last;
        pin_class.other |= stretch.last >= Stretch::other;
    }
    return pin_class;
}

void add_networks(const std::vector<EgressRule>& rules, std::map<Service, std::vector<IpPrefix>>& into)
{
    for (const auto& rule : rules)
        if (const auto* network = std::get_if<IpPrefix>(&rule.target)) into[rule.service].push_back(*network);
}

std::map<std::string, nft::TagNetworks> networks_of(const config::Egress& egress)
{
    std::map<std::string, nft::TagNetworks> tags;
    for (const auto& tag : egress.tags) {
        nft::TagNetworks networks;
        add_networks(tag.allow, networks.allow);
        add_networks(tag.deny, networks.deny);
        if (networks.allow.empty() && networks.deny.empty()) continue;
        for (const auto& policy : egress.policies)
            if (std::ranges::count(policy.tags, tag.name) != 0)
                networks.sources.insert(networks.sources.end(), policy.sources.begin(), policy.sources.end());
        tags.emplace(tag.name, std::move(networks));
    }
    return tags;
}

/// The first of each family answers what is asked of somebody else.
std::map<Family, IpAddress> firsts_of(const std::vector<IpAddress>& addresses)
{
    std::map<Family, IpAddress> firsts;
    for (const auto& address : addresses) firsts.try_emplace(address.family, address);
    return firsts;
}

nft::Egress table_of(const config::Config& config, const egress::Rules& rules)
{
    const auto& egress = *config.egress;
    nft::Egress table{.discover = rules.discover,
                      .uplink = config.gateway.uplink,
                      .inside = config.gateway.lan,
                      .open = rules.open,
                      .resolvers = rules.resolvers,
                      .refuse_dot = egress.dot == config::HiddenDns::Refuse,
                      .tags = networks_of(egress),
                      .names = static_cast<nft::NameCheck>(rules.names),
                      .masquerade = egress.nat == config::EgressNat::Masquerade,
                      .snat = firsts_of(egress.nat_addresses),
                      .log_rate = egress.limits.log_rate,
                      .set_size = 2 * egress.limits.addresses}; // those that are over count until they are swept
    for (const auto& policy : egress.policies)
        table.sources.insert(table.sources.end(), policy.sources.begin(), policy.sources.end());
    if (egress.other_resolvers == config::OtherResolvers::Redirect) table.redirect = firsts_of(egress.resolvers);
    if (egress.doh == config::HiddenDns::Refuse)
        table.refused_doh.assign(known_doh_servers().begin(), known_doh_servers().end());
    if (egress.private_ranges == config::PrivateRanges::Pass)
        table.unchecked.assign(egress::inward_networks().begin(), egress::inward_networks().end());
    for (const auto& pass : rules.pass) table.pass.push_back({pass.sources, pass.destinations});
    for (const auto& stretches : rules.policy->classes())
        table.classes.push_back(class_of(stretches, rules.limits.pins.total));
    std::ranges::sort(table.classes);
    return table;
}

} // namespace

void compile_egress(const config::Config& config, const Facts& facts, Desired& desired)
{
    if (!config.egress || config.egress->mode == config::EgressMode::Off || config.egress->policies.empty()) return;
    auto rules = rules_of(*config.egress, facts);
    desired.egress = table_of(config, rules);
    desired.tap = std::make_shared<const egress::Rules>(std::move(rules));
}

} // namespace linkspan::agent
