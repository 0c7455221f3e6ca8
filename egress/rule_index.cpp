#include "egress/rule_index.h"

namespace linkspan::egress {

void RuleIndex::reserve(std::size_t rules)
{
    exact_.reserve(rules);
}

void RuleIndex::add(const NamePattern& pattern, std::uint32_t rule)
{
    (pattern.below ? below_ : exact_)[std::string{pattern.name.text()}].push_back(rule);
}

std::vector<std::uint32_t> RuleIndex::matches(const DnsName& name) const
{
    std::vector<std::uint32_t> found;
    if (name.empty()) return found;
    const auto add = [&](const Rules& rules, std::string_view key) {
        if (const auto at = rules.find(key); at != rules.end())
            found.insert(found.end(), at->second.begin(), at->second.end());
    };
    add(exact_, name.text());
    for (auto rest = name.text(); !rest.empty();) {
        const auto dot = rest.find('.');
        rest.remove_prefix(dot == std::string_view::npos ? rest.size() : dot + 1);
        add(below_, rest);
    }
    return found;
}

} // namespace linkspan::egress
