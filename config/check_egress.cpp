#include "config/check_egress.h"

#include <algorithm>

namespace linkspan::config {
namespace {

bool is_about_a_name(const EgressRule& rule)
{
    return std::holds_alternative<NamePattern>(rule.target);
}

bool needs_answers(const EgressDraft& draft)
{
    return std::ranges::any_of(draft.tags, [](const EgressTagDraft& tag) {
        return tag.enabled && (std::ranges::any_of(tag.tag.allow, is_about_a_name) ||
                               std::ranges::any_of(tag.tag.deny, is_about_a_name));
    });
}

void check_resolvers(const EgressDraft& draft, Diagnostics& diagnostics)
{
    const auto& egress = draft.egress;
    if (draft.has_resolvers) return;
    if (egress.other_resolvers == OtherResolvers::Redirect)
        add_error(diagnostics, {draft.file, draft.other_resolvers},
                  "`other_resolvers` redirects, and there is nobody to redirect to",
                  "add `resolvers = [\"9.9.9.9\"]`, naming those whose answers count");
    else if (egress.mode != EgressMode::Off && needs_answers(draft))
        add_error(diagnostics, {draft.file, draft.header}, "[egress] has rules about names and no `resolvers`",
                  "add `resolvers = [\"9.9.9.9\"]`: addresses are learnt from their answers alone");
}

void check_times(const EgressDraft& draft, Diagnostics& diagnostics)
{
    if (draft.egress.minimum_ttl <= draft.egress.maximum_ttl) return;
    const auto& at = draft.maximum_ttl.line != 0 ? draft.maximum_ttl : draft.minimum_ttl;
    add_error(diagnostics, {draft.file, at}, "`minimum_ttl` is longer than `maximum_ttl`",
              "an address stays open for its TTL, but no shorter than the one and no longer than the other");
}

void check_limits(const EgressDraft& draft, Diagnostics& diagnostics)
{
    const auto& limits = draft.egress.limits;
    if (limits.addresses_per_client > limits.addresses)
        add_error(diagnostics, {draft.file, draft.limits},
                  "one client may learn more addresses than all together: " +
                      std::to_string(limits.addresses_per_client) + " and " + std::to_string(limits.addresses),
                  "lower `addresses_per_client`, so that one host cannot take the room of all, or raise `addresses`");
}

} // namespace

void add_error(Diagnostics& diagnostics, const Place& at, std::string message, std::string help)
{
    auto& added = add_error(diagnostics, {at.file, at.span.line, at.span.column}, at.span.length, std::move(message),
                            std::move(help));
    added.last_line = at.span.last_line;
}

void add_warning(Diagnostics& diagnostics, const Place& at, std::string message, std::string help)
{
    add_error(diagnostics, at, std::move(message), std::move(help));
    diagnostics.back().severity = Severity::Warning;
}

void check_egress(const Draft& draft, Diagnostics& diagnostics)
{
    if (!draft.egress) return;
    check_resolvers(*draft.egress, diagnostics);
    check_times(*draft.egress, diagnostics);
    check_limits(*draft.egress, diagnostics);
    check_egress_tags(*draft.egress, diagnostics);
    check_egress_rules(*draft.egress, diagnostics);
    check_egress_policies(draft, diagnostics);
    check_egress_denials(*draft.egress, diagnostics);
}

} // namespace linkspan::config
