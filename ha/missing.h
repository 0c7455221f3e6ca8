#pragma once

#include "ha/counter_mirror.h"

#include <map>
#include <set>
#include <vector>

namespace linkspan::ha {

/// What a standby's charon can do with copies, as its agent saw it last.
struct CharonHere {
    /// It knows every connection of the file, for of others its plugin drops what comes; and has no half copy.
    bool takes = false;
    /// SAs that the kernel has kept and charon does not list, as after its restart: packets pass by them, but nobody here could
    /// renew them, or end them.
    std::set<xfrm::StateKey> unknown = {};
    Monotonic seen = {}; ///< so it was then
    bool operator==(const CharonHere&) const = default;
};

/// SAs that the active gateway has and a standby has not: charon's plugin sends without receipts, and a message that is lost leaves
/// one side without a tunnel. The other half of Leftovers. Pure.
class Missing {
public:
    /// The counters of an SA that is new may be told before its keys have come.
    static constexpr std::chrono::seconds patience{10};
    /// A rekeyed one is told of before it is copied, and seems to be for 2 s after it is gone.
    static constexpr std::chrono::seconds settled{4};

    /// `have`: what stands here at `now`, sorted by key. Those that the other gateway has told of for `patience` without one being
    /// here that charon knows; none while charon would take no copies of them, as was seen after they were missing: their keys would
    /// be renewed for nothing, or worse.
    [[nodiscard]] std::vector<xfrm::StateKey> look(const std::vector<xfrm::SaCounters>& have, const CharonHere& charon,
                                                   const CounterMirror& mirror, Monotonic now);

    /// As of that look: something is missing, and charon is to be looked at before it is asked for.
    [[nodiscard]] bool needs_look() const { return needs_look_; }
    /// As of that look: whether this standby could not go on with all SAs. So it is from the start until all that is told of is
    /// there, and again where one of these is missing for `settled`; while nothing is told, what was so last.
    [[nodiscard]] bool lacks() const { return lacks_; }
    /// This gateway carries: it has all that there are, and goes on having them as it gives way.
    void carries() { lacks_ = false; }

private:
    std::map<xfrm::StateKey, Monotonic> since_;
    bool lacks_ = true;
    bool needs_look_ = false;
};

/// What to say of them to the active gateway of this epoch, in frames.
[[nodiscard]] std::vector<CounterFrame> frames_of(const std::vector<xfrm::StateKey>& missing, Epoch epoch);

} // namespace linkspan::ha
