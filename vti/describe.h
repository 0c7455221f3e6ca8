#pragma once

#include "base/plan.h"
#include "vti/spec.h"

#include <string>

namespace linkspan::vti {

/// "link ls-azure": names it in plans, errors and the status.
[[nodiscard]] std::string describe(const Spec& spec);

/// What a step is about, in a word or two: "mtu 1400 -> 1422, was down" for an Update, "vti 203.0.113.10 ->
/// 198.51.100.7 key 0x1a2b3c4d mtu 1422" for a Create.
[[nodiscard]] std::string detail(const Op<Spec>& op);

} // namespace linkspan::vti
