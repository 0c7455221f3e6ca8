#pragma once

#include "agent/world.h"
#include "ha/missing.h"
#include "ike/sa_view.h"
#include "xfrm/state_spec.h"

#include <set>
#include <vector>

namespace linkspan::agent {

/// The SAs of all CHILD_SAs that charon lists, of both directions.
[[nodiscard]] std::set<xfrm::StateKey> listed(const ike::SaView& sas);

/// Whether the kernel has SAs that charon does not list.
[[nodiscard]] bool has_unlisted(const std::vector<xfrm::ObservedState>& states, const ike::SaView& sas);

/// Takes out of `states`, read before charon was asked, what charon ended while it was: it does not list them, and the kernel does not
/// have them any more. With hundreds of rekeyings under way that may be dozens. `now`: read after it has answered, sorted by key.
void forget_ended(std::vector<xfrm::ObservedState>& states, const ike::SaView& sas,
                  const std::vector<xfrm::ObservedState>& now);

/// What a standby's charon can do with copies, seen after it was told of all that it has to know: takes none where it did not
/// answer.
[[nodiscard]] ha::CharonHere charon_here(const Observed& observed);

} // namespace linkspan::agent
