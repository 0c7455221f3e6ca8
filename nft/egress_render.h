#pragma once

#include "nft/egress_plan.h"

#include <string>

namespace linkspan::nft {

/// Commands of nft's language, each text one transaction; empty where there is nothing to do.

/// What the rules need: the table and its sets, without elements.
[[nodiscard]] std::string render_sets(const EgressTable& table, const EgressChanges& changes);
/// The rules, all anew.
[[nodiscard]] std::string render_chains(const EgressTable& table, const EgressChanges& changes);
/// What no rule needs any more.
[[nodiscard]] std::string render_gone(const EgressChanges& changes);
[[nodiscard]] std::string render_delete_egress();

} // namespace linkspan::nft
