#include "egress/networks.h"

#include <algorithm>
#include <span>
#include <vector>

namespace linkspan::egress {
namespace {

constexpr std::uint8_t ip_tcp = 6, ip_udp = 17;
constexpr std::uint16_t port_dns = 53;

bool any_contains(const std::vector<IpPrefix>& networks, const IpAddress& address)
{
    return std::ranges::any_of(networks, [&](const IpPrefix& network) { return network.contains(address); });
}

bool is_attached(const Rules& rules, const std::string& tag, const IpAddress& client)
{
    return std::ranges::any_of(rules.policy->spec().attachments, [&](const Attachment& one) {
        return std::ranges::count(one.tags, tag) != 0 && any_contains(one.sources, client);
    });
}

/// The most specific of the rules about networks that are about it.
const EgressRule* find(const std::vector<EgressRule>& rules, const Wanted& wanted)
{
    const EgressRule* found = nullptr;
    for (const auto& rule : rules) {
        const auto* network = std::get_if<IpPrefix>(&rule.target);
        if (!network || !network->contains(wanted.address)) continue;
        if (!rule.service.matches(wanted.ip_protocol, wanted.port)) continue;
        if (!found || std::get<IpPrefix>(found->target).length < network->length) found = &rule;
    }
    return found;
}

std::optional<Ruling> by_tags(const Rules& rules, const Wanted& wanted, bool deny)
{
    for (const auto& tag : rules.policy->spec().tags) {
        if (!is_attached(rules, tag.name, wanted.client)) continue;
        if (const auto* rule = find(deny ? tag.deny : tag.allow, wanted)) return Ruling{!deny, tag.name, rule->text()};
    }
    return std::nullopt;
}

/// What is in `some` and not at its place in `all`, seen from either end. Of thousands of rules, few are new.
std::span<const EgressRule> moved(std::span<const EgressRule> all, std::span<const EgressRule> some)
{
    const auto same = static_cast<std::size_t>(std::ranges::mismatch(all, some).in2 - some.begin());
    some = some.subspan(same);
    all = all.subspan(same);
    while (!all.empty() && !some.empty() && all.back() == some.back()) {
        all = all.first(all.size() - 1);
        some = some.first(some.size() - 1);
    }
    return some;
}

bool holds_all(std::span<const EgressRule> all, std::span<const EgressRule> some)
{
    constexpr std::size_t few = 16;
    some = moved(all, some);
    if (some.size() <= few)
        return std::ranges::all_of(some, [&](const EgressRule& one) { return std::ranges::count(all, one) != 0; });
    std::vector<const EgressRule*> sorted;
    for (const auto& rule : all) sorted.push_back(&rule);
    const auto rule = [](const EgressRule* one) -> const EgressRule& { return *one; };
    std::ranges::sort(sorted, {}, rule);
    return std::ranges::all_of(
        some, [&](const EgressRule& one) { return std::ranges::binary_search(sorted, one, {}, rule); });
}

} // namespace

std::optional<Ruling> ruling_by_network(const Rules& rules, const Wanted& wanted)
{
    for (const auto& pass : rules.pass)
        if (any_contains(pass.sources, wanted.client) && any_contains(pass.destinations, wanted.address))
            return Ruling{true, {}, "pass_through"};
    const bool is_dns = (wanted.ip_protocol == ip_tcp || wanted.ip_protocol == ip_udp) && wanted.port == port_dns;
    if (is_dns && std::ranges::count(rules.resolvers, wanted.address) != 0) return Ruling{true, {}, "resolvers"};
    if (is_dns) return Ruling{false, {}, "other_resolvers"};
    if (auto denied = by_tags(rules, wanted, true)) return denied;
    return by_tags(rules, wanted, false);
}

Ruling ruling_by_default(const Rules& rules, const IpAddress& client)
{
    Ruling ruling{false, {}, {}};
    int longest = -1;
    for (const auto& [prefix, open] : rules.open) {
        if (!prefix.contains(client) || prefix.length <= longest) continue;
        longest = prefix.length;
        ruling = {open, {}, open ? "default = allow" : ""};
    }
    return ruling;
}

bool takes_away(const Rules& before, const Rules& after)
{
    const auto holds = [](const auto& all, const auto& one) { return std::ranges::count(all, one) != 0; };
    const auto tag_stays = [&](const Tag& tag) {
        const auto now = std::ranges::find(after.policy->spec().tags, tag.name, &Tag::name);
        return now != after.policy->spec().tags.end() && holds_all(now->allow, tag.allow) &&
               holds_all(tag.deny, now->deny);
    };
    const auto policy_stays = [&](const Attachment& policy) {
        return std::ranges::any_of(after.policy->spec().attachments, [&](const Attachment& now) {
            return std::ranges::all_of(policy.sources, [&](const IpPrefix& one) { return holds(now.sources, one); }) &&
                   std::ranges::all_of(policy.tags, [&](const std::string& one) { return holds(now.tags, one); });
        });
    };
    return !std::ranges::all_of(before.policy->spec().tags, tag_stays) ||
           !std::ranges::all_of(before.policy->spec().attachments, policy_stays) || before.open != after.open ||
           !std::ranges::all_of(before.pass, [&](const Pass& pass) { return holds(after.pass, pass); });
}

bool is_judged(const Rules& rules, const IpAddress& client)
{
    return std::ranges::any_of(rules.policy->spec().attachments,
                               [&](const Attachment& one) { return any_contains(one.sources, client); });
}

} // namespace linkspan::egress
