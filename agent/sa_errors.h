#pragma once

#include "ike/sa_view.h"
#include "xfrm/state_spec.h"

#include <map>
#include <span>

namespace linkspan::agent {

/// What SAs dropped, of those that dropped anything.
using SaErrors = std::map<xfrm::StateKey, xfrm::StateErrors>;
[[nodiscard]] SaErrors errors_by_sa(std::span<const xfrm::ObservedState> states);

/// The sum over a connection's SAs: those that IKE made and those of static keys.
[[nodiscard]] xfrm::StateErrors errors_of(std::span<const ike::IkeSa> sas, std::span<const xfrm::StateKey> static_keys,
                                          const SaErrors& errors);

} // namespace linkspan::agent
