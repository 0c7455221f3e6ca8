#include "config/check_egress.h"
#include "config/rule_cover.h"

#include <algorithm>
#include <set>

namespace linkspan::config {
namespace {

using Rules = std::set<const EgressRule*>;

std::string quoted(const EgressRule& rule)
{
    return "\"" + rule.text() + "\"";
}

/// Rules of one list that others of it make needless.
void check_shadows(const EgressTagDraft& tag, const std::vector<EgressRule>& rules, const std::vector<Span>& places,
                   Diagnostics& diagnostics)
{
    RulesByTarget index;
    index.add(rules);
    for (std::size_t i = 0; i < rules.size(); ++i)
        if (const auto* wider = index.covering(rules[i]))
            add_warning(diagnostics, {tag.file, places[i]},
                        *wider == rules[i] ? quoted(rules[i]) + " stands here twice"
                                           : quoted(rules[i]) + " changes nothing: " + quoted(*wider) + " covers it",
                        "remove it, or the wider one if this is what was meant");
}

/// Allowed, and denied whole by the same tag.
void check_vain(const EgressTagDraft& tag, Diagnostics& diagnostics)
{
    RulesByTarget denied;
    denied.add(tag.tag.deny);
    for (std::size_t i = 0; i < tag.tag.allow.size(); ++i)
        if (const auto* deny = denied.covering(tag.tag.allow[i]))
            add_warning(diagnostics, {tag.file, tag.allow[i]},
                        quoted(tag.tag.allow[i]) + " is never reached: " + quoted(*deny) + " denies all of it",
                        "a `deny` wins over every `allow`: remove one of the two");
}

/// "*.com" and the like: whoever buys a name there is let in, and any secret fits into a question for one.
void check_breadth(const EgressTagDraft& tag, Diagnostics& diagnostics)
{
    for (std::size_t i = 0; i < tag.tag.allow.size(); ++i) {
        const auto* pattern = std::get_if<NamePattern>(&tag.tag.allow[i].target);
        if (pattern == nullptr || !pattern->below || pattern->name.empty() || pattern->name.text().contains('.'))
            continue;
        add_warning(diagnostics, {tag.file, tag.allow[i]},
                    quoted(tag.tag.allow[i]) + " opens every name that ends with ." + std::string{pattern->name.text()},
                    "anybody can have such a name: name the domains that are needed, like \"*.example." +
                        std::string{pattern->name.text()} + "\"");
    }
}

/// Denials that take part of something: of what a tag allows, or of a policy's default.
Rules effective(const EgressDraft& draft)
{
    RulesByTarget allows, denies;
    for (const auto& tag : draft.tags) allows.add(tag.tag.allow), denies.add(tag.tag.deny);
    Rules met;
    for (const auto& tag : draft.tags) {
        for (const auto& allow : tag.tag.allow)
            for (const auto* deny : denies.around(allow)) met.insert(deny);
        for (const auto& deny : tag.tag.deny)
            if (!allows.around(deny).empty()) met.insert(&deny);
    }
    return met;
}

void check_denials(const EgressDraft& draft, Diagnostics& diagnostics)
{
    const auto is_open = [](const EgressPolicyDraft& p) { return p.policy.fallback == EgressDefault::Allow; };
    const bool is_whole = std::ranges::all_of(draft.tags, &EgressTagDraft::is_whole);
    if (!is_whole || std::ranges::any_of(draft.policies, is_open)) return;
    const auto met = effective(draft);
    for (const auto& tag : draft.tags)
        for (std::size_t i = 0; i < tag.tag.deny.size(); ++i)
            if (const auto& rule = tag.tag.deny[i]; !met.contains(&rule))
                add_warning(diagnostics, {tag.file, tag.deny[i]}, quoted(rule) + " denies what no rule allows",
                            "remove it: what no rule is about is refused already. \"*.example.com\" does not mean "
                            "\"example.com\" itself");
}

void check_denied_resolvers(const EgressDraft& draft, const EgressTagDraft& tag, Diagnostics& diagnostics)
{
    for (std::size_t i = 0; i < tag.tag.deny.size(); ++i) {
        const auto* prefix = std::get_if<IpPrefix>(&tag.tag.deny[i].target);
        if (prefix == nullptr) continue;
        const auto& resolvers = draft.egress.resolvers;
        const auto within = std::ranges::find_if(resolvers, [&](const auto& a) { return prefix->contains(a); });
        if (within == resolvers.end()) continue;
        add_warning(diagnostics, {tag.file, tag.deny[i]},
                    quoted(tag.tag.deny[i]) + " has the resolver " + within->text() + " in it",
                    "its port 53 stays open to the hosts all the same; take its address out of the rule, or it out of "
                    "`resolvers`");
    }
}

} // namespace

void check_egress_rules(const EgressDraft& draft, Diagnostics& diagnostics)
{
    for (const auto& tag : draft.tags) {
        check_shadows(tag, tag.tag.allow, tag.allow, diagnostics);
        check_shadows(tag, tag.tag.deny, tag.deny, diagnostics);
        check_vain(tag, diagnostics);
        check_breadth(tag, diagnostics);
        check_denied_resolvers(draft, tag, diagnostics);
    }
    check_denials(draft, diagnostics);
}

} // namespace linkspan::config
