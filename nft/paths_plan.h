#pragma once

#include "base/plan.h"
#include "nft/paths_spec.h"

#include <string>

namespace linkspan::nft {

/// At most one step: the table in one transaction (Create, Replace, Delete), or, where only its rules differ, those alone,
/// so that the sessions it holds stay (Update). Pure.
[[nodiscard]] Plan<Paths> plan(const Paths& want, const ObservedPaths& have);

/// "table inet linkspan_paths"
[[nodiscard]] std::string describe(const Paths& paths);
/// "answers leave by the tunnel of their question: ls-a, ls-a+backup"
[[nodiscard]] std::string detail(const Op<Paths>& op);

} // namespace linkspan::nft
