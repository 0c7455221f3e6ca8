#pragma once

#include "ha/counter_mirror.h"

#include <map>
#include <vector>

namespace linkspan::ha {

/// SAs that a standby has and the active gateway has not. charon's plugin tells the other side of an SA that ends only while it
/// is the one who ends it: one that was rekeyed just before the roles changed stays on the side that became a standby. Pure.
class Leftovers {
public:
    /// An SA that is new here may be told of late, and charon keeps the inbound half of a rekeyed one for 5 s.
    static constexpr std::chrono::seconds patience{10};

    /// `have`: what stands here at `now`. Those that the active gateway has not told of for `patience`, though it told of
    /// others all the while.
    [[nodiscard]] std::vector<xfrm::SaCounters> look(const std::vector<xfrm::SaCounters>& have,
                                                     const CounterMirror& mirror, Monotonic now);

private:
    std::map<xfrm::StateKey, Monotonic> untold_; ///< since when
};

} // namespace linkspan::ha
