#pragma once

#include "base/clock.h"
#include "ha/counter_frame.h"
#include "ha/heartbeat.h"
#include "xfrm/counters.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace linkspan::ha {

/// A standby's copy of the active gateway's counters, and what its own SAs have to count from when it takes over. Pure.
class CounterMirror {
public:
    /// Of an epoch below the newest nothing is taken.
    void take(const CounterFrame& frame, Monotonic now);

    /// Until when what is known is as it was told; nothing = it never was.
    [[nodiscard]] std::optional<Monotonic> newest() const { return newest_; }
    /// The other gateway tells of its SAs at present.
    [[nodiscard]] bool is_told(Monotonic now) const;
    /// It does, and this one is among them.
    [[nodiscard]] bool is_told_of(const xfrm::StateKey& key, Monotonic now) const;
    /// Of the newest telling.
    [[nodiscard]] Epoch epoch() const { return epoch_; }
    /// Those it tells of at present.
    [[nodiscard]] std::vector<xfrm::StateKey> told(Monotonic now) const;
    /// The last ones of a tenure have come, and nothing after them.
    [[nodiscard]] bool is_final() const { return final_; }

    /// For SAs as they stand here. `shared`: the pair's addresses. `exact` is heeded where is_final(), for the SAs that are
    /// among the last told: one that a rekeying has ended over there may have sent on until it went. Otherwise outbound SAs
    /// jump ahead of all that the other may have sent since it told, by twice their highest rate; and one it has not
    /// told of is as new as the last telling. Where nothing was ever told, nobody knows for how long the other carried: as
    /// far as an SA may jump. Those that would come too near their end must not send again: `ended`, and why.
    struct Targets {
        std::vector<xfrm::SaCounters> counters = {};
        std::vector<xfrm::SaCounters> ended = {};
        std::vector<Error> refused = {};
    };
    [[nodiscard]] Targets targets(const std::vector<xfrm::SaCounters>& have, const std::set<IpAddress>& shared,
                                  bool exact, Monotonic now) const;

private:
    struct Entry {
        std::uint64_t number = 0;
        std::uint64_t peak = 0; ///< packets a second, the highest seen
        Monotonic at = {};
        Epoch last = {}; ///< of this tenure they are the last ones
    };
    std::map<xfrm::StateKey, Entry> entries_;
    Epoch epoch_ = {};
    bool final_ = false;
    std::optional<Monotonic> newest_ = {};
};

/// What to tell of the SAs that stand here, in frames.
[[nodiscard]] std::vector<CounterFrame> frames_of(const std::vector<xfrm::SaCounters>& have,
                                                  const std::set<IpAddress>& shared, Epoch epoch, bool last);

/// Number and digest of the SAs, whatever their order, to be compared with the peer's.
[[nodiscard]] Replication replication_of(const std::vector<xfrm::SaCounters>& have, std::optional<Monotonic> newest,
                                         Monotonic now);

} // namespace linkspan::ha
