#include "base/suggest.h"
#include "config/check.h"
#include "config/check_egress.h"
#include "config/reader.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

namespace linkspan::config {
namespace {

std::vector<std::string_view> names_of(const EgressDraft& draft)
{
    std::vector<std::string_view> names;
    for (const auto& tag : draft.tags)
        if (tag.name.line != 0) names.emplace_back(tag.tag.name);
    return names;
}

void check_tags(const EgressPolicyDraft& policy, const std::vector<std::string_view>& names, Diagnostics& diagnostics)
{
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < policy.tags.size(); ++i) {
        const std::string_view name = policy.policy.tags[i];
        if (std::ranges::find(names, name) == names.end()) {
            const auto near = suggest(name, names);
            add_error(diagnostics, {policy.file, policy.tags[i]}, "there is no tag " + in_quotes(name),
                      near ? "did you mean \"" + std::string{*near} + "\"?"
                           : "add it with `[[egress.tag]]` and `name = " + in_quotes(name) + "`");
        } else if (!seen.insert(name).second) {
            add_error(diagnostics, {policy.file, policy.tags[i]}, "`tags` names " + in_quotes(name) + " twice",
                      "remove one of them");
        }
    }
}

void check_reach(const EgressPolicyDraft& policy, Diagnostics& diagnostics)
{
    const auto& p = policy.policy;
    if (p.tags.empty() && p.pass_through.empty() && p.fallback == EgressDefault::Deny)
        add_warning(diagnostics, {policy.file, policy.header}, "these hosts reach nothing at all",
                    "add `tags`, or `default = \"allow\"`");
    for (std::size_t i = 0; i < p.pass_through.size(); ++i)
        if (p.pass_through[i].length == 0)
            add_warning(diagnostics, {policy.file, policy.pass_through[i]},
                        "`pass_through` is every address, so nothing of these hosts is checked",
                        "name the networks that need no check, or leave the policy out");
}

/// A source stands once: of two policies with different defaults, neither would be the narrower.
void check_sources(const EgressDraft& draft, Diagnostics& diagnostics)
{
    std::map<IpPrefix, const EgressPolicyDraft*> first;
    for (const auto& policy : draft.policies)
        for (std::size_t i = 0; i < policy.sources.size(); ++i) {
            const auto& source = policy.policy.sources[i];
            const auto [at, fresh] = first.emplace(source, &policy);
            if (fresh) continue;
            if (at->second == &policy)
                add_error(diagnostics, {policy.file, policy.sources[i]}, "`sources` has " + source.text() + " twice",
                          "remove one of them");
            else if (at->second->policy.fallback != policy.policy.fallback)
                add_error(diagnostics, {policy.file, policy.sources[i]},
                          source.text() + " is in two policies of different `default`, here and at " +
                              *at->second->file + ":" + std::to_string(at->second->header.line),
                          "give both the same, or one a longer prefix: the narrower decides");
        }
}

/// Hosts beyond a tunnel do not leave by this uplink in clear.
void check_place(const EgressPolicyDraft& policy, const std::vector<ConnectionDraft>& connections,
                 Diagnostics& diagnostics)
{
    for (std::size_t i = 0; i < policy.sources.size(); ++i)
        for (const auto& c : connections) {
            const auto holds = [&](const TrafficSelector& s) {
                return s.prefix.length != 0 && s.prefix.contains(policy.policy.sources[i]);
            };
            if (!c.connection.enabled || !std::ranges::any_of(c.connection.remote_subnets, holds)) continue;
            add_warning(diagnostics, {policy.file, policy.sources[i]},
                        policy.policy.sources[i].text() + " is at the far end of " + reference(c) +
                            ", not behind this gateway",
                        "give networks behind `lan`");
            break;
        }
}

bool has_family(const std::vector<IpPrefix>& networks, Family family)
{
    return std::ranges::any_of(networks, [&](const IpPrefix& p) { return p.family() == family; });
}

/// Rules about networks of a family that none of the hosts has.
void check_families(const EgressDraft& draft, const EgressPolicyDraft& policy, Diagnostics& diagnostics)
{
    for (std::size_t i = 0; i < policy.tags.size(); ++i) {
        const auto tag =
            std::ranges::find(draft.tags, policy.policy.tags[i], [](const EgressTagDraft& t) { return t.tag.name; });
        if (tag == draft.tags.end()) continue;
        for (const auto& rule : tag->tag.allow) {
            const auto* prefix = std::get_if<IpPrefix>(&rule.target);
            if (prefix == nullptr || policy.sources.empty() || has_family(policy.policy.sources, prefix->family()))
                continue;
            add_warning(diagnostics, {policy.file, policy.tags[i]},
                        "tag \"" + tag->tag.name + "\" allows " + rule.text() + ", and no source here is " +
                            (prefix->family() == Family::V4 ? "IPv4" : "IPv6"),
                        "add the hosts' networks of that family to `sources`");
            break;
        }
    }
}

} // namespace

void check_egress_policies(const Draft& draft, Diagnostics& diagnostics)
{
    const auto& egress = *draft.egress;
    const auto names = names_of(egress);
    for (const auto& policy : egress.policies) {
        check_tags(policy, names, diagnostics);
        check_reach(policy, diagnostics);
        check_place(policy, draft.connections, diagnostics);
        check_families(egress, policy, diagnostics);
    }
    check_sources(egress, diagnostics);
}

} // namespace linkspan::config
