#pragma once

#include "netlink/message.h"
#include "route/rule_spec.h"

#include <optional>

namespace linkspan::route {

void encode_create(netlink::Message& message, const RuleSpec& spec);
/// Matches a rule of ours only.
void encode_delete(netlink::Message& message, const RuleSpec& spec);
void encode_dump_rules(netlink::Message& message, Family family);

/// A rule with our protocol (base/ids.h).
struct RawRule {
    RuleSpec spec = {};
    bool whole = false; ///< it is just what we would write
};
/// Nothing for a rule of others, or one that names none of our tables.
[[nodiscard]] std::optional<RawRule> decode_rule(const nlmsghdr& message);

} // namespace linkspan::route
