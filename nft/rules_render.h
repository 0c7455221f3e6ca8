#pragma once

#include "base/plan.h"
#include "nft/rules_table.h"

#include <string>

namespace linkspan::nft {

/// nft commands for the step, to be run as one transaction: the rules as they will be, and in the sets `ending4` and
/// `ending6` the networks of `ending_of`, for whoever comes after an interruption. Delete leaves the frame to hold them.
[[nodiscard]] std::string render(const Op<RulesTable>& op);
/// And for when those sessions are ended.
[[nodiscard]] std::string render_done(const Op<RulesTable>& op);

} // namespace linkspan::nft
