#pragma once

#include "agent/rekeying.h"
#include "base/clock.h"
#include "ike/sa_view.h"
#include "xfrm/state_spec.h"

#include <chrono>
#include <map>
#include <set>

namespace linkspan::agent {

/// What an active gateway does about SAs that its standby has no copies of. charon's plugin copies what is negotiated, so the
/// connections they are of, and no others, are rekeyed: the IKE_SA first, for of one that the standby does not know it takes no
/// CHILD_SA, and a little later its CHILD_SAs, whether they were copied meanwhile or not: if the IKE_SA was lost again, it lacks
/// them. The plugin's own resync renews the keys of all connections at once, makes a second copy of every IKE_SA that is there
/// already (5.9.8), or takes its keys from it (6.0, which derives new ones). Pure.
class CopyRepair {
public:
    static constexpr std::chrono::seconds between{5}; ///< IKE_SA and CHILD_SAs
    static constexpr std::chrono::seconds pause{30};  ///< until it is tried again, twice as long each time
    static constexpr std::chrono::seconds longest_pause{3600};
    static constexpr std::size_t at_once = 20; ///< connections at a time; the standby says again what it lacks

    /// `missing`: what the standby says it lacks; it goes on saying so while it does. To be called again after `between`, with
    /// nothing missing if need be.
    [[nodiscard]] Rekeying look(const std::set<xfrm::StateKey>& missing, const ike::SaView& sas, Monotonic now);

private:
    struct Entry {
        bool children_next = false;
        Monotonic due = {};
        Monotonic::duration wait = pause;
    };
    std::map<ConnectionName, Entry> entries_;
};

} // namespace linkspan::agent
