#pragma once

#include "agent/rivals.h"
#include "ike/connection_spec.h"
#include "ike/sa_view.h"
#include "xfrm/state_spec.h"

#include <cstdint>
#include <map>
#include <vector>

/// Which of several outbound SAs of one tunnel the kernel is to take (docs/adr/0018-rekeying-begun-by-the-peer.md).
namespace linkspan::agent {

/// Gives an outbound SA another rank.
struct RankState {
    ConnectionName connection = {};
    xfrm::ObservedState state = {};
    xfrm::Rank rank = xfrm::Rank::Plain;
};

struct Ranking {
    std::vector<RankState> orders = {};
    bool unfinished = false; ///< there will be more to do soon, without an event that says so
};

/// An SA that is alone comes first from then on: it goes on carrying while a rekeying begun by the peer installs another
/// one beside it, which the peer cannot take yet, until charon deletes it or it is to be renewed itself. Where a newer one
/// has stood beside it for a while the peer has forgotten the older: the newer one is taken. Those of superfluous IKE_SAs
/// come last, whatever their age: so both ends take the same one.
/// IKEv2 only; IKEv1's order of messages does not need it. `states` is sorted by key; `now` in seconds since the epoch.
[[nodiscard]] Ranking rank_outbound(const std::map<ConnectionName, ike::ConnectionSpec>& specs, const ike::SaView& sas,
                                    const std::vector<xfrm::ObservedState>& states, const Rivals& rivals,
                                    std::uint64_t now);

} // namespace linkspan::agent
