#pragma once

#include "base/plan.h"
#include "route/observed.h"

#include <span>

namespace linkspan::route {

/// Addresses that go come first, so the same address may come back with another prefix length. An address that
/// somebody else put where ours should be is a Conflict. Pure.
[[nodiscard]] Plan<AddressSpec> plan(std::span<const AddressSpec> want, const Observed& have);

/// Pure.
[[nodiscard]] Plan<RuleSpec> plan(std::span<const RuleSpec> want, const Observed& have);

/// Of two wanted routes with one key the first counts. Fallbacks come before and go after the routes they back, so no
/// packet meets neither. A foreign route with our key is a Conflict. Pure.
[[nodiscard]] Plan<RouteSpec> plan(std::span<const RouteSpec> want, const Observed& have);

} // namespace linkspan::route
