#pragma once

#include "ike/plan.h"

#include <string>
#include <string_view>

namespace linkspan::ike {

/// For people: what is done ("create", "update", "adopt", "delete", "terminate", "initiate"), to what
/// ("IKE connection azure-hub"), and for an update what differs. No secret is in it, only that it changed.
[[nodiscard]] std::string_view verb_of(const Op& op);
[[nodiscard]] std::string object_of(const Op& op);
[[nodiscard]] std::string detail_of(const Op& op);
[[nodiscard]] std::string describe(const Op& op);

} // namespace linkspan::ike
