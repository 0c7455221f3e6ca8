#pragma once

#include "base/clock.h"
#include "ha/heartbeat.h"

#include <chrono>

namespace linkspan::pair {

/// Whether both gateways of a pair have the same SAs. charon's plugin sends without asking for receipts: what was lost stays
/// lost until somebody looks. Pure.
class Copies {
public:
    /// SAs may differ for so long: a rekeying is under way, and charon keeps the inbound half of a rekeyed SA for
    /// `delete_rekeyed_delay`, 5 s.
    static constexpr std::chrono::seconds patience{10};

    /// What both sides have at `now`; `comparable`: the peer is there, so its word is of now.
    void look(const ha::Replication& ours, const ha::Replication& theirs, bool comparable, Monotonic now);
    /// They are not the same, for longer than a rekeying takes.
    [[nodiscard]] bool differ() const { return differ_; }

private:
    bool differ_ = false;
    Monotonic since_ = {}; ///< of the first look that showed it; the clock's epoch = they are the same
};

} // namespace linkspan::pair
