#include "nft/egress_chains.h"

#include <fmt/format.h>

#include <array>
#include <linux/netfilter.h>

namespace linkspan::nft {
namespace {

constexpr std::array families{Family::V4, Family::V6};
constexpr std::string_view with_ports = "meta l4proto { tcp, udp } ";

std::string ip(Family family)
{
    return family == Family::V4 ? "ip" : "ip6";
}

/// "ip saddr @sources4 "
std::string from(const std::string& stem, Family family)
{
    return ip(family) + " saddr @" + set_name(stem, family) + " ";
}
std::string to(const std::string& stem, Family family)
{
    return ip(family) + " daddr @" + set_name(stem, family) + " ";
}

std::string is_marked(std::uint32_t as)
{
    return fmt::format("ct mark & {:#x} == {:#x} ", egress_mark_mask, as);
}
std::string mark(std::uint32_t as)
{
    return fmt::format("ct mark set ct mark & {:#x} | {:#x}", ~egress_mark_mask, as);
}

std::string ports(const std::vector<PortRange>& ranges)
{
    std::string text;
    for (const auto& range : ranges)
        text += fmt::format("{}{}{}", text.empty() ? "" : ", ", range.first,
                            range.last == range.first ? "" : fmt::format("-{}", range.last));
    return text;
}

/// What of a packet tells that it is of the service.
std::string match(const Service& service)
{
    using Protocol = Service::Protocol;
    const std::string set = "dport { " + ports(service.ports) + " } ";
    switch (service.protocol) {
    case Protocol::All: return {};
    case Protocol::Icmp: return "meta l4proto { icmp, ipv6-icmp } ";
    case Protocol::Tcp: return service.ports.empty() ? "meta l4proto tcp " : "tcp " + set;
    case Protocol::Udp: return service.ports.empty() ? "meta l4proto udp " : "udp " + set;
    case Protocol::TcpUdp: return std::string{with_ports} + (service.ports.empty() ? "" : "th " + set);
    }
    return {};
}

EgressChain refused(const Egress& egress)
{
    return {"refused",
            {},
            {fmt::format("limit rate {}/second burst {} packets log group {} snaplen 128 queue-threshold 1",
                         egress.log_rate, 2 * egress.log_rate, egress_refusal_group),
             "meta l4proto tcp reject with tcp reset", "reject with icmpx admin-prohibited"}};
}

/// Where sessions that a name let in go on. A name that QUIC carries is not looked for: where every stream has to say one,
/// UDP to port 443 is refused, and browsers come again by TCP.
std::vector<EgressChain> named(const Egress& egress)
{
    const bool asks = egress.holds && egress.names != NameCheck::Off;
    const auto queue = fmt::format("queue to {}", egress_name_queue);
    EgressChain chain{"named", {}, {}};
    if (asks) chain.rules.emplace_back("tcp dport { 80, 443 } goto ask");
    if (egress.names == NameCheck::Require) chain.rules.emplace_back("udp dport 443 goto refused");
    chain.rules.emplace_back("goto passed");
    std::vector<EgressChain> all{{"passed", {}, {mark(egress_mark_allowed) + " accept"}}};
    if (asks) all.push_back({"ask", {}, {mark(egress_mark_asked), queue}});
    if (asks) all.push_back({"asked", {}, {queue}});
    all.push_back(std::move(chain));
    return all;
}

EgressChain pins_of(const PinClass& pin_class)
{
    EgressChain chain{"class_" + pin_class.name, {}, {}};
    for (const auto family : families)
        chain.rules.push_back(
            fmt::format("{0} saddr . {0} daddr @{1} goto named", ip(family), pin_set(pin_class.name, family)));
    return chain;
}

/// A rule of one look that leads to the class of a port.
void by_port(const Egress& egress, const std::string& protocol, std::vector<PortRange> PinClass::* which,
             EgressChain& chain)
{
    std::string entries;
    for (const auto& pin_class : egress.classes)
        for (const auto& range : pin_class.*which)
            entries += fmt::format("{}{} : goto class_{}", entries.empty() ? "" : ", ", ports({range}), pin_class.name);
    if (!entries.empty()) chain.rules.push_back(protocol + " dport vmap { " + entries + " }");
}

EgressChain classes(const Egress& egress)
{
    EgressChain chain{"names", {}, {}};
    by_port(egress, "tcp", &PinClass::tcp, chain);
    by_port(egress, "udp", &PinClass::udp, chain);
    for (const auto& pin_class : egress.classes) {
        if (pin_class.icmp) chain.rules.push_back("meta l4proto { icmp, ipv6-icmp } goto class_" + pin_class.name);
        if (pin_class.other)
            chain.rules.push_back("meta l4proto != { tcp, udp, icmp, ipv6-icmp } goto class_" + pin_class.name);
    }
    return chain;
}

EgressChain networks(const Egress& egress, bool deny)
{
    EgressChain chain{deny ? "denied" : "allowed", {}, {}};
    for (const auto& [tag, networks] : egress.tags)
        for (const auto& [service, destinations] : deny ? networks.deny : networks.allow)
            for (const auto family : families)
                chain.rules.push_back(from(tag_stem(tag), family) + match(service) +
                                      to(service_stem(tag, deny, service), family) +
                                      (deny ? "goto refused" : "goto passed"));
    return chain;
}

std::string log_question()
{
    return fmt::format("log group {} snaplen 4096 queue-threshold 1", egress_question_group);
}

/// Sessions that were decided already, and those that began outside.
void add_known(const Egress& egress, EgressChain& chain)
{
    chain.rules.emplace_back("ct direction reply accept");
    chain.rules.push_back(fmt::format("ct state related ct mark & {:#x} != 0 accept", egress_mark_mask));
    if (egress.holds && egress.names != NameCheck::Off)
        chain.rules.push_back(is_marked(egress_mark_asked) + "meta l4proto tcp goto asked");
    chain.rules.push_back(is_marked(egress_mark_allowed) + "ct state established accept");
    chain.rules.emplace_back("ct state invalid,untracked drop");
}

void add_dns(const Egress& egress, EgressChain& chain)
{
    for (const auto family : families)
        chain.rules.push_back(std::string{with_ports} + "th dport 53 " + to("resolvers", family) + "goto passed");
    chain.rules.push_back(std::string{with_ports} + "th dport 53 goto refused");
    if (egress.refuse_dot) chain.rules.push_back(std::string{with_ports} + "th dport 853 goto refused");
    for (const auto family : families)
        if (!egress.refused_doh.empty())
            chain.rules.push_back(std::string{with_ports} + "th dport 443 " + to("doh", family) + "goto refused");
}

void add_judgement(const Egress& egress, EgressChain& chain)
{
    add_known(egress, chain);
    for (const auto& pass : egress.pass)
        for (const auto family : families)
            chain.rules.push_back(from(pass_stem(pass, false), family) + to(pass_stem(pass, true), family) +
                                  "goto passed");
    add_dns(egress, chain);
    chain.rules.emplace_back("jump denied");
    chain.rules.emplace_back("jump allowed");
    chain.rules.emplace_back("jump names");
    for (const auto family : families) chain.rules.push_back(from("open", family) + "goto passed");
    chain.rules.emplace_back("goto refused");
}

/// Tunnels and the gateway's own networks are not egress.
EgressChain judged(const Egress& egress)
{
    EgressChain chain{"egress", {}, {}};
    for (const auto& link : egress.inside) chain.rules.push_back("oifname \"" + link.value + "\" accept");
    chain.rules.push_back("oifgroup " + std::to_string(link_group) + " accept");
    chain.rules.emplace_back("rt ipsec exists accept");
    for (const auto family : families)
        chain.rules.push_back(std::string{with_ports} + "th dport 53 " + to("resolvers", family) + log_question());
    for (const auto family : families) chain.rules.push_back(to("unchecked", family) + "accept");
    if (!egress.discover) {
        add_judgement(egress, chain);
        return chain;
    }
    chain.rules.push_back(
        fmt::format("ct state new log group {} snaplen 128 queue-threshold 8", egress_discovery_group));
    chain.rules.emplace_back("accept");
    return chain;
}

std::string answers(Family family)
{
    return std::string{with_ports} + "th sport 53 " + from("resolvers", family) + to("sources", family);
}

/// A chain of its own right behind the queue's: what leaves a queue goes on with the next chain, and so does what the kernel
/// lets past one that is full or nobody's.
std::vector<EgressChain> behind_the_queue()
{
    std::vector<EgressChain> chains{{"after_forward", "filter hook forward priority 11", {}},
                                    {"after_output", "filter hook output priority 11", {}}};
    for (auto& chain : chains)
        for (const auto family : families)
            chain.rules.push_back(answers(family) + fmt::format("counter name {}", egress_answers_counter));
    return chains;
}

/// Behind everybody's filters of the same hook: what they drop is not ours to tell of.
std::vector<EgressChain> entrances(const Egress& egress)
{
    EgressChain forward{"forward", "filter hook forward priority 10", {}};
    EgressChain input{"input", "filter hook input priority 10", {}};
    EgressChain output{"output", "filter hook output priority 10", {}};
    if (!egress.discover) forward.rules.push_back(is_marked(egress_mark_revoked) + "goto refused");
    for (const auto family : families) {
        const auto hold = answers(family) + fmt::format("queue flags bypass to {}", egress_answer_queue);
        if (egress.holds) forward.rules.push_back(hold);
        if (egress.holds) output.rules.push_back(hold);
        input.rules.push_back(std::string{with_ports} + "th dport 53 " + from("sources", family) +
                              to("resolvers", family) + log_question());
    }
    for (const auto family : families) forward.rules.push_back(from("sources", family) + "goto egress");
    return {forward, input, output};
}

/// Behind everybody's translations: the first binding of a session is its last, so theirs count. What a tunnel in policy
/// mode protects has had its binding before all of them (nft/render.cpp).
EgressChain source_nat(const Egress& egress)
{
    EgressChain chain{"postrouting", "nat hook postrouting priority 101", {}};
    for (const auto family : families) {
        const auto leaves = "oifname \"" + egress.uplink.value + "\" rt ipsec missing " + from("sources", family);
        const bool has_address = egress.snat.contains(family);
        if (has_address)
            chain.rules.push_back(leaves + "snat " + ip(family) + " to " + egress.snat.at(family).text());
        else if (egress.masquerade) // a global IPv6 address is everywhere what it is here
            chain.rules.push_back(leaves + (family == Family::V6 ? "ip6 saddr fc00::/7 " : "") + "masquerade");
    }
    return chain;
}

EgressChain redirected(const Egress& egress)
{
    EgressChain chain{"prerouting", "nat hook prerouting priority -90", {}};
    for (const auto& [family, resolver] : egress.redirect)
        chain.rules.push_back(std::string{with_ports} + "th dport 53 " + from("sources", family) + ip(family) +
                              " daddr != @" + set_name("resolvers", family) + " dnat " + ip(family) + " to " +
                              resolver.text());
    return chain;
}

} // namespace

Hook hook_of(const EgressChain& chain)
{
    constexpr std::array<std::pair<std::string_view, std::uint32_t>, 5> hooks{{{"prerouting", NF_INET_PRE_ROUTING},
                                                                               {"input", NF_INET_LOCAL_IN},
                                                                               {"forward", NF_INET_FORWARD},
                                                                               {"output", NF_INET_LOCAL_OUT},
                                                                               {"postrouting", NF_INET_POST_ROUTING}}};
    Hook hook{.type = chain.hook.substr(0, chain.hook.find(' '))};
    for (const auto& [name, number] : hooks)
        if (chain.hook.contains(" hook " + std::string{name} + " ")) hook.number = number;
    hook.priority = std::stoi(chain.hook.substr(chain.hook.rfind(' ')));
    return hook;
}

std::vector<EgressChain> egress_chains(const Egress& egress)
{
    std::vector<EgressChain> chains;
    if (!egress.discover) {
        chains.push_back(refused(egress));
        for (auto& chain : named(egress)) chains.push_back(std::move(chain));
        for (const auto& pin_class : egress.classes) chains.push_back(pins_of(pin_class));
        for (auto& chain : {networks(egress, true), networks(egress, false), classes(egress)}) chains.push_back(chain);
    }
    chains.push_back(judged(egress));
    for (auto& chain : entrances(egress)) chains.push_back(std::move(chain));
    if (egress.holds)
        for (auto& chain : behind_the_queue()) chains.push_back(std::move(chain));
    if (egress.masquerade || !egress.snat.empty()) chains.push_back(source_nat(egress));
    if (!egress.redirect.empty() && !egress.discover) chains.push_back(redirected(egress));
    return chains;
}

} // namespace linkspan::nft
