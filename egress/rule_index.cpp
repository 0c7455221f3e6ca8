#include "egress/rule_index.h"

namespace linkspan::egress {

void RuleIndex::reserve(std::size_t rules)
{
    entries_.reserve(rules);
    exact_.reserve(rules);
}

void RuleIndex::add(const NamePattern& pattern, std::uint32_t rule)
{
    const auto place = static_cast<std::uint32_t>(entries_.size());
    entries_.push_back({rule, place});
    const auto [name, fresh] = (pattern.below ? below_ : exact_).try_emplace(pattern.name.text(), Chain{place, place});
    if (fresh) return;
    entries_[name->second.last].next = place;
    name->second.last = place;
}

std::vector<std::uint32_t> RuleIndex::matches(const DnsName& name) const
{
    std::vector<std::uint32_t> found;
    if (name.empty()) return found;
    const auto add = [&](const Names& names, std::string_view key) {
        const auto chain = names.find(key);
        if (chain == names.end()) return;
        for (auto place = chain->second.first;; place = entries_[place].next) {
            found.push_back(entries_[place].rule);
            if (entries_[place].next == place) return;
        }
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
