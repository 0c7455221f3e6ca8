#pragma once

#include "ha/counter_mirror.h"

#include <map>
#include <set>
#include <vector>

namespace linkspan::ha {

/// SAs that a standby has and the active gateway has not. charon's plugin tells the other side of an SA that ends only while it
/// is the one who ends it: one that was rekeyed just before the roles changed stays on the side that became a standby; and who
/// comes back after charon and the agent were killed finds what its kernel kept. Pure.
class Leftovers {
public:
    /// An SA that is new here may be told of late, and charon keeps the inbound half of a rekeyed one for 5 s.
    static constexpr std::chrono::seconds patience{10};
    /// What was copied is told of within 2 s, and for as long who has fallen silent seems to tell.
    static constexpr std::chrono::seconds settled{4};

    /// `have`: what stands here at `now`. Those that the active gateway has not told of for `patience`, though it told of
    /// others all the while.
    [[nodiscard]] std::vector<xfrm::SaCounters> look(const std::vector<xfrm::SaCounters>& have,
                                                     const CounterMirror& mirror, Monotonic now);

    /// For who takes over now: what must not send again, as of the last look while the other one told. It has ended these, and
    /// how far their numbers were used nobody knows here: a jump might land on numbers it has sent. They were untold of for
    /// `settled`, or have been so since the agent's start. Ends the standby's time: nothing is remembered.
    [[nodiscard]] std::vector<xfrm::SaCounters> dead();

private:
    std::map<xfrm::StateKey, Monotonic> untold_; ///< since when
    std::set<xfrm::StateKey> found_;             ///< at the first look, and untold of since
    std::vector<xfrm::SaCounters> dead_;
    bool is_first_ = true;
};

} // namespace linkspan::ha
