#pragma once

#include "agent/rekeying.h"
#include "base/clock.h"
#include "ike/sa_view.h"
#include "xfrm/state_spec.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <set>

namespace linkspan::agent {

/// What an active gateway does about SAs that its standby has no copies of. charon's plugin copies what is negotiated, so the
/// connections they are of, and no others, are rekeyed: the IKE_SA first, for of one that the standby does not know it takes no
/// CHILD_SA, and its CHILD_SAs as soon as its successor is there, whether they were copied meanwhile or not: if the IKE_SA was
/// lost again, it lacks them. The plugin's own resync renews the keys of all connections at once, in a burst of which a part is
/// lost, makes a second copy of every IKE_SA that is there already (5.9.8), or takes its keys from it (6.0, which derives new
/// ones). Pure.
class CopyRepair {
public:
    static constexpr std::chrono::seconds between{5}; ///< IKE_SA and CHILD_SAs, where no successor is seen
    static constexpr std::chrono::seconds pause{30};  ///< until it is tried again, twice as long each time
    static constexpr std::chrono::seconds longest_pause{3600};
    static constexpr std::size_t at_once = 20; ///< IKE_SAs under way; the standby says again what it lacks

    /// `missing`: what the standby says it lacks; it goes on saying so while it does. To be called whenever charon was looked at, and
    /// `between` after an order, with nothing missing if need be.
    [[nodiscard]] Rekeying look(const std::set<xfrm::StateKey>& missing, const ike::SaView& sas, Monotonic now);

private:
    struct Entry {
        std::uint64_t replaced =
            0; ///< the IKE_SA that was told to be rekeyed, while its CHILD_SAs are still to be; 0 = none
        Monotonic due = {};
        Monotonic::duration wait = pause;
    };
    [[nodiscard]] std::size_t under_way() const;

    std::map<ConnectionName, Entry> entries_;
};

} // namespace linkspan::agent
