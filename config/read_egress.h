#pragma once

#include "config/read.h"

namespace linkspan::config {

/// [[egress.tag]] and [[egress.policy]], each given the value that stands under its key.
void read_egress_tags(Reader& reader, const Key& key, const Value& value, EgressDraft& into);
void read_egress_policies(Reader& reader, const Key& key, const Value& value, EgressDraft& into);
void read_egress_limits(Reader& reader, const Key& key, const Value& value, EgressDraft& into);

[[nodiscard]] KeyTable egress_tag_keys();
[[nodiscard]] KeyTable egress_policy_keys();
[[nodiscard]] KeyTable egress_limits_keys();

} // namespace linkspan::config
