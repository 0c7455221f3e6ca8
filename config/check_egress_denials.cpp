#include "config/check_egress.h"
#include "config/reader.h"

#include <algorithm>
#include <map>
#include <optional>

namespace linkspan::config {
namespace {

/// A tag of a policy that denies a name, and which.
struct Denial {
    std::string tag = {};
    std::string rule = {};
};

using Denied = std::map<IpPrefix, Denial>; ///< the sources of policies that deny a name, each with the first

std::map<std::string_view, Denial> name_denials_of(const EgressDraft& draft)
{
    std::map<std::string_view, Denial> denials;
    for (const auto& tag : draft.tags)
        for (const auto& rule : tag.tag.deny)
            if (tag.enabled && std::holds_alternative<NamePattern>(rule.target))
                denials.emplace(tag.tag.name, Denial{tag.tag.name, rule.text()});
    return denials;
}

Denied denied_sources(const EgressDraft& draft)
{
    const auto denials = name_denials_of(draft);
    Denied denied;
    for (const auto& policy : draft.policies)
        for (const auto& name : policy.policy.tags)
            if (const auto denial = denials.find(name); denial != denials.end())
                for (const auto& source : policy.policy.sources) denied.emplace(source, denial->second);
    return denied;
}

/// A host has the tags of every policy that it is in, so those of the networks around `source`, too.
std::optional<Denial> denial_around(const Denied& denied, const IpPrefix& source)
{
    for (int length = source.length; length >= 0; --length) {
        const auto at = denied.find(IpPrefix::network_of(source.address, static_cast<std::uint8_t>(length)));
        if (at != denied.end()) return at->second;
    }
    return std::nullopt;
}

} // namespace

void check_egress_denials(const EgressDraft& draft, Diagnostics& diagnostics)
{
    const auto denied = denied_sources(draft);
    if (denied.empty()) return;
    for (const auto& policy : draft.policies) {
        if (policy.policy.fallback != EgressDefault::Allow) continue;
        for (std::size_t i = 0; i < policy.sources.size(); ++i)
            if (const auto denial = denial_around(denied, policy.policy.sources[i]))
                add_error(diagnostics, {policy.file, policy.sources[i]},
                          "tag " + in_quotes(denial->tag) + " denies the name " + denial->rule + ", and `default` of " +
                              policy.policy.sources[i].text() +
                              " is \"allow\": no name is held back where every address is open",
                          "deny networks instead, or make `default` \"deny\" and list what is allowed");
    }
}

} // namespace linkspan::config
