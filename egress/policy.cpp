#include "egress/policy.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace linkspan::egress {
namespace {

ClassSet united(const ClassSet& a, const ClassSet& b)
{
    ClassSet sum;
    std::ranges::set_union(a, b, std::back_inserter(sum));
    return sum;
}

ClassSet without(const ClassSet& a, const ClassSet& b)
{
    ClassSet rest;
    std::ranges::set_difference(a, b, std::back_inserter(rest));
    return rest;
}

} // namespace

Policy::Policy(Spec spec) : spec_(std::move(spec))
{
    std::size_t count = 0;
    for (const auto& tag : spec_.tags) count += tag.allow.size() + tag.deny.size();
    rules_.reserve(count);
    index_.reserve(count);
    for (std::uint32_t tag = 0; tag < spec_.tags.size(); ++tag) {
        add(tag, spec_.tags[tag].deny, true);
        add(tag, spec_.tags[tag].allow, false);
    }
    std::set<Service> services;
    for (const Rule& rule : rules_) services.insert(rule.rule->service);
    classes_ = classify(services);
    for (std::uint32_t number = 0; number < rules_.size(); ++number) {
        rules_[number].classes = &classes_.of.at(rules_[number].rule->service);
        index_.add(std::get<NamePattern>(rules_[number].rule->target), number);
    }
    for (const Attachment& attachment : spec_.attachments)
        for (const IpPrefix& prefix : attachment.sources) {
            Source source{.prefix = prefix};
            for (std::uint32_t tag = 0; tag < spec_.tags.size(); ++tag)
                if (std::ranges::count(attachment.tags, spec_.tags[tag].name) != 0) source.tags.push_back(tag);
            sources_.push_back(std::move(source));
        }
}

void Policy::add(std::uint32_t tag, const std::vector<EgressRule>& rules, bool deny)
{
    for (const EgressRule& rule : rules)
        if (std::holds_alternative<NamePattern>(rule.target)) rules_.emplace_back(tag, deny, &rule);
}

std::vector<std::uint32_t> Policy::tags_of(const IpAddress& client) const
{
    std::vector<std::uint32_t> tags;
    for (const Source& source : sources_)
        if (source.prefix.contains(client)) tags.insert(tags.end(), source.tags.begin(), source.tags.end());
    std::ranges::sort(tags);
    return tags;
}

std::vector<const Policy::Rule*> Policy::rules_for(const IpAddress& client, const DnsName& name) const
{
    const auto tags = tags_of(client);
    std::vector<const Rule*> rules;
    for (const std::uint32_t number : index_.matches(name))
        if (std::ranges::binary_search(tags, rules_[number].tag)) rules.push_back(&rules_[number]);
    std::ranges::stable_partition(rules, &Rule::deny);
    return rules;
}

ClassSet Policy::allowed(const IpAddress& client, const DnsName& name) const
{
    ClassSet allowed;
    ClassSet denied;
    for (const Rule* rule : rules_for(client, name)) {
        ClassSet& which = rule->deny ? denied : allowed;
        which = united(which, *rule->classes);
    }
    return without(allowed, denied);
}

Decision Policy::decide(const IpAddress& client, const DnsName& name, std::uint8_t ip_protocol,
                        std::uint16_t port) const
{
    for (const Rule* rule : rules_for(client, name))
        if (rule->rule->service.matches(ip_protocol, port))
            return {!rule->deny, spec_.tags[rule->tag].name, rule->rule->text()};
    return {};
}

bool Policy::same_rule(const IpAddress& client, const DnsName& said, const DnsName& opened, std::uint8_t ip_protocol,
                       std::uint16_t port) const
{
    bool shared = false;
    for (const Rule* rule : rules_for(client, said)) {
        if (!rule->rule->service.matches(ip_protocol, port)) continue;
        if (rule->deny) return false;
        shared = shared || std::get<NamePattern>(rule->rule->target).matches(opened);
    }
    return shared;
}

} // namespace linkspan::egress
