#pragma once

#include "base/plan.h"
#include "xfrm/observed_policy.h"
#include "xfrm/policy_spec.h"
#include "xfrm/state_spec.h"

#include <string>

namespace linkspan::xfrm {

/// For people: "policy out 0.0.0.0/0 -> 0.0.0.0/0 if_id 0x1234abcd", "block policy out ... mark 0x1234abcd".
[[nodiscard]] std::string describe(const PolicyKey& key);
/// "SA 198.51.100.7 spi 0xc0de0001"
[[nodiscard]] std::string describe(const StateKey& key);
/// "203.0.113.10 -> 198.51.100.7 reqid 0x1234abcd"
[[nodiscard]] std::string describe(const Template& protect);
/// What an Update changes, or of what a Create is made; empty where there is nothing to add to the name.
[[nodiscard]] std::string detail(const Op<PolicySpec>& op);
/// Who stands in our place: "an allow policy with priority 399999, reqid 7".
[[nodiscard]] std::string holder(const ObservedPolicy& policy);

} // namespace linkspan::xfrm
