#pragma once

#include "base/plan.h"
#include "nft/observed.h"

namespace linkspan::nft {

/// At most one step: the whole table in one transaction (Create, Replace, Delete), or, where only values of the map
/// differ, just those (Update). There is nothing foreign in a table of our own: what others put there goes. Pure.
[[nodiscard]] Plan<Spec> plan(const Spec& want, const Observed& have);

} // namespace linkspan::nft
