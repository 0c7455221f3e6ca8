#include "nft/rules_text.h"

#include "base/traffic_selector.h"
#include "nft/rules_table.h"

#include <netinet/in.h>

namespace linkspan::nft {
namespace {

std::string ip_of(Family family)
{
    return family == Family::V4 ? "ip" : "ip6";
}

std::string nfproto(Family family)
{
    return std::string{"meta nfproto "} + (family == Family::V4 ? "ipv4 " : "ipv6 ");
}

std::string in_braces(const std::vector<IpPrefix>& networks)
{
    std::vector<std::string> texts;
    for (const auto& network : networks) texts.push_back(network.text());
    return nft::in_braces(texts);
}

/// In postrouting the destination and its port are what the session began with, not what they have become.
std::string service(const MappingRule& rule, bool is_post)
{
    if (rule.protocol == 0) return {};
    if (rule.protocol == IPPROTO_ICMP) return "meta l4proto { icmp, ipv6-icmp } ";
    const auto name = protocol_text(rule.protocol);
    if (rule.port_first == 0) return "meta l4proto " + name + " ";
    auto ports = std::to_string(rule.port_first);
    if (rule.port_last != rule.port_first) ports += "-" + std::to_string(rule.port_last);
    return is_post ? "meta l4proto " + name + " ct original proto-dst " + ports + " " : name + " dport " + ports + " ";
}

std::string condition(const MappingRule& rule, bool is_post)
{
    const auto family = family_of(rule);
    std::string text;
    if (family) {
        const auto ip = ip_of(*family);
        if (rule.source.empty() && rule.destination.empty()) text += nfproto(*family);
        if (!rule.source.empty()) text += ip + " saddr " + in_braces(rule.source) + " ";
        if (!rule.destination.empty())
            text +=
                (is_post ? nfproto(*family) + "ct original " : "") + ip + " daddr " + in_braces(rule.destination) + " ";
    }
    return text + service(rule, is_post);
}

/// "snat ip to 100.64.0.1-100.64.0.9 persistent": a host has one address for all its sessions.
std::string translation(const std::string& verb, const std::string& end, const std::vector<IpPrefix>& from,
                        const AddressRange& to, std::uint16_t port)
{
    const auto ip = ip_of(to.family());
    if (const auto network = network_for(from, to))
        return verb + " " + ip + " prefix to " + ip + " " + end + " map { " + from.front().text() + " : " +
               network->text() + " }";
    const auto one = to.first.text();
    if (!to.is_one()) return verb + " " + ip + " to " + one + "-" + to.last.text() + " persistent";
    const bool brackets = port != 0 && to.family() == Family::V6;
    return verb + " " + ip + " to " + (brackets ? "[" + one + "]" : one) +
           (port != 0 ? ":" + std::to_string(port) : "");
}

std::string counted(const RuleSet& set, std::size_t index)
{
    return "counter name \"" + rule_counter(set.name.value, index + 1) + "\" ";
}

/// A session is counted where its source is decided, and so once; those whose source stays, where their destination is.
bool counts_at_source(const MappingRule& rule)
{
    return rule.source_to.has_value() || !rule.destination_to;
}

} // namespace

std::string in_braces(const std::vector<std::string>& elements)
{
    std::string text;
    for (const auto& element : elements) text += (text.empty() ? "{ " : ", ") + element;
    return text + " }";
}

std::vector<std::string> destination_rules(const RuleSet& set, bool from_here)
{
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < set.rules.size(); ++i) {
        const auto& rule = set.rules[i];
        if (rule.from_here != from_here) continue;
        auto text = condition(rule, false);
        if (rule.destination_to)
            text += (counts_at_source(rule) ? "" : counted(set, i)) +
                    translation("dnat", "daddr", rule.destination, *rule.destination_to, rule.port_to);
        else
            text += "return";
        lines.push_back(std::move(text));
    }
    return lines;
}

std::vector<std::string> source_rules(const RuleSet& set, bool from_here)
{
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < set.rules.size(); ++i) {
        const auto& rule = set.rules[i];
        if (rule.from_here != from_here) continue;
        auto text = condition(rule, true);
        if (counts_at_source(rule)) text += counted(set, i);
        if (rule.source_to)
            text += translation("snat", "saddr", rule.source, *rule.source_to, 0);
        else
            text += from_here ? "goto keep" : "return";
        lines.push_back(std::move(text));
    }
    if (!from_here) return lines;
    for (const auto& network : set.unknown_there)
        lines.push_back(ip_of(network.family()) + " saddr " + network.text() + " counter drop");
    lines.emplace_back("goto keep");
    return lines;
}

std::vector<std::string> gate(const Ends& ends, bool out, const std::string& target)
{
    std::vector<std::string> lines, links, reqids;
    for (const auto& link : ends.links) links.push_back("\"" + link.value + "\"");
    for (const auto reqid : ends.reqids) reqids.push_back(std::to_string(reqid.value));
    if (!links.empty()) lines.push_back((out ? "oifname " : "iifname ") + in_braces(links) + " goto " + target);
    if (!reqids.empty())
        lines.push_back(std::string{"ipsec "} + (out ? "out" : "in") + " reqid " + in_braces(reqids) + " goto " +
                        target);
    return lines;
}

} // namespace linkspan::nft
