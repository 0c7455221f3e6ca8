#pragma once

#include "agent/world.h"
#include "ha/missing.h"
#include "ike/sa_view.h"
#include "xfrm/state_spec.h"

#include <set>

namespace linkspan::agent {

/// The SAs of all CHILD_SAs that charon lists, of both directions.
[[nodiscard]] std::set<xfrm::StateKey> listed(const ike::SaView& sas);

/// What a standby's charon can do with copies, seen after it was told of all that it has to know: takes none where it did not
/// answer.
[[nodiscard]] ha::CharonHere charon_here(const Observed& observed);

} // namespace linkspan::agent
