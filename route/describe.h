#pragma once

#include "base/plan.h"
#include "route/observed.h"

#include <string>

namespace linkspan::route {

/// "address 169.254.21.2/30 dev ls-azure"
[[nodiscard]] std::string describe(const AddressSpec& spec);
/// "route 10.20.0.0/16 dev ls-azure", "route unreachable 10.20.0.0/16"
[[nodiscard]] std::string describe(const RouteSpec& spec);

/// "rule IPv4 fwmark 0x01000000/0x07000000 lookup 10801"
[[nodiscard]] std::string describe(const RuleSpec& spec);

/// Who stands in our place: "foreign address 169.254.21.2/30 dev ls-azure".
[[nodiscard]] std::string describe(const ForeignAddress& address);
/// "foreign route 10.20.0.0/16 via 192.0.2.1 dev eth1 proto static metric 0"
[[nodiscard]] std::string describe(const ForeignRoute& route);

/// What an Update changes, or of what a Create is made; empty for a Delete.
[[nodiscard]] std::string detail(const Op<AddressSpec>& op);
[[nodiscard]] std::string detail(const Op<RouteSpec>& op);
[[nodiscard]] std::string detail(const Op<RuleSpec>& op);

} // namespace linkspan::route
