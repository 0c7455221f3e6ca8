#pragma once

#include "base/clock.h"
#include "ha/heartbeat.h"

#include <chrono>
#include <cstdint>

namespace linkspan::pair {

/// Whether both gateways of a pair have the same SAs, and what is done where they have not. charon's plugin sends without
/// asking for receipts: what was lost stays lost until somebody looks. Pure.
class Copies {
public:
    /// SAs may differ for so long: a rekeying is under way, and charon keeps the inbound half of a rekeyed SA for
    /// `delete_rekeyed_delay`, 5 s.
    static constexpr std::chrono::seconds patience{10};
    /// A resync gives new keys to all, so it is not repeated soon, and ever more rarely where it does not help.
    static constexpr std::chrono::seconds resync_pause{30};
    static constexpr std::chrono::hours longest_resync_pause{1};

    /// What both sides have at `now`; `comparable`: the peer is there, so its word is of now.
    void look(const ha::Replication& ours, const ha::Replication& theirs, bool comparable, Monotonic now);
    /// They are not the same, for longer than a rekeying takes.
    [[nodiscard]] bool differ() const { return differ_; }

    /// True where the active gateway is to have charon copy all of them: the standby has none. Of single ones it says itself that they are
    /// missing (ha::Missing), and those alone are renewed.
    [[nodiscard]] bool needs_resync(Monotonic now) const { return differ_ && empty_ && now >= resync_after_; }
    /// It was told to.
    void resynced(Monotonic now);
    [[nodiscard]] std::uint64_t resyncs() const { return resyncs_; }

private:
    bool differ_ = false;
    bool empty_ = false;   ///< they have none
    Monotonic since_ = {}; ///< of the first look that showed it; the clock's epoch = they are the same
    Monotonic resync_after_ = {};
    Monotonic::duration pause_ = resync_pause;
    std::uint64_t resyncs_ = 0;
};

} // namespace linkspan::pair
