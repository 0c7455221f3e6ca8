#pragma once

#include "ha/counter_mirror.h"

#include <map>
#include <vector>

namespace linkspan::ha {

/// SAs that the active gateway has and a standby has not: charon's plugin sends without receipts, and a message that is lost leaves
/// one side without a tunnel. The other half of Leftovers. Pure.
class Missing {
public:
    /// The counters of an SA that is new may be told before its keys have come.
    static constexpr std::chrono::seconds patience{10};

    /// `have`: what stands here at `now`, sorted by key. Those that the other gateway has told of for `patience` without one being here.
    [[nodiscard]] std::vector<xfrm::StateKey> look(const std::vector<xfrm::SaCounters>& have,
                                                   const CounterMirror& mirror, Monotonic now);

private:
    std::map<xfrm::StateKey, Monotonic> since_;
};

/// What to say of them to the active gateway of this epoch, in frames.
[[nodiscard]] std::vector<CounterFrame> frames_of(const std::vector<xfrm::StateKey>& missing, Epoch epoch);

} // namespace linkspan::ha
