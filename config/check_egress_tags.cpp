#include "config/check_egress.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

namespace linkspan::config {
namespace {

constexpr std::size_t most_rules = 100'000;
constexpr std::size_t most_services = 256; // each 64 ranges at most: stays below the kernel side's 65,535 classes

void check_names(const EgressDraft& draft, Diagnostics& diagnostics)
{
    std::map<std::string_view, const EgressTagDraft*> first;
    for (const auto& tag : draft.tags) {
        if (tag.name.line == 0) continue;
        const auto [at, fresh] = first.emplace(tag.tag.name, &tag);
        if (fresh) continue;
        add_error(diagnostics, {tag.file, tag.name},
                  "a second tag \"" + tag.tag.name + "\", after " + *at->second->file + ":" +
                      std::to_string(at->second->name.line),
                  "put its rules there, or give it a name of its own");
    }
}

/// Tags that no policy names, or that open nothing.
void check_use(const EgressDraft& draft, Diagnostics& diagnostics)
{
    std::set<std::string_view> used;
    for (const auto& policy : draft.policies) used.insert(policy.policy.tags.begin(), policy.policy.tags.end());
    for (const auto& tag : draft.tags) {
        if (tag.name.line == 0 || !tag.enabled) continue;
        if (tag.is_whole && tag.tag.allow.empty() && tag.tag.deny.empty())
            add_warning(diagnostics, {tag.file, tag.name}, "tag \"" + tag.tag.name + "\" has no rule",
                        "add `allow = [\"*.ubuntu.com:80,443/tcp\"]`, or `enabled = false` to keep it for later");
        else if (!used.contains(tag.tag.name))
            add_warning(diagnostics, {tag.file, tag.name}, "no policy uses the tag \"" + tag.tag.name + "\"",
                        "add it to the `tags` of an `[[egress.policy]]`, or `enabled = false` to keep it for later");
    }
}

void check_counts(const EgressDraft& draft, Diagnostics& diagnostics)
{
    std::size_t rules = 0;
    std::set<Service> services;
    for (const auto& tag : draft.tags) {
        const bool had_room = rules <= most_rules, had_kinds = services.size() <= most_services;
        for (const auto* list : {&tag.tag.allow, &tag.tag.deny}) {
            rules += list->size();
            for (const auto& rule : *list) services.insert(rule.service);
        }
        if (had_room && rules > most_rules)
            add_error(diagnostics, {tag.file, tag.header}, "more than 100000 rules, from this tag on",
                      "name what is above: one `*.example.com` stands for all names below it");
        if (had_kinds && services.size() > most_services)
            add_error(diagnostics, {tag.file, tag.header},
                      "more than 256 different lists of ports and protocols, from this tag on",
                      "write the same list for rules of one purpose, or a range: the kernel keeps a set for each");
    }
}

} // namespace

void check_egress_tags(const EgressDraft& draft, Diagnostics& diagnostics)
{
    check_names(draft, diagnostics);
    check_use(draft, diagnostics);
    check_counts(draft, diagnostics);
}

} // namespace linkspan::config
