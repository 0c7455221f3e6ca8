#pragma once

#include "base/clock.h"
#include "config/config.h"
#include "ike/sa_view.h"

#include <cstdint>
#include <map>
#include <set>
#include <vector>

namespace linkspan::agent {

/// The connections of which it is worth to know at once that their peer is silent: one of two that carry for each other.
/// IKEv2 only: charon sends IKEv1's requests for a sign of life without waiting for an answer.
[[nodiscard]] std::vector<ConnectionName> worth_watching(const config::Config& config);

/// Since when peers leave requests of ours unanswered. charon repeats a request for as long as strongswan.conf says, which
/// is one time for all connections, and asks no peer that was heard of within its `dpd_delay`. Pure.
class Silence {
public:
    /// What one look showed of a connection: nothing but IKE_SAs that wait for an answer is silence, which counts from the
    /// first look that shows it, and anew where packets have come by its CHILD_SAs since: two looks may show two requests. No
    /// IKE_SA at all is none: what is not there carries nothing anyway.
    void see(const ConnectionName& connection, const ike::SaView& own, Monotonic now);
    /// Forgets what is not worth watching any more.
    void keep(const std::vector<ConnectionName>& worth);
    void clear() { since_.clear(); }
    /// The connections whose peer has been silent for its `dpd_timeout`.
    [[nodiscard]] std::set<ConnectionName> silent(const config::Config& config, Monotonic now) const;

private:
    struct Entry {
        Monotonic since = {};
        std::uint64_t received = 0; ///< packets
    };
    std::map<ConnectionName, Entry> since_;
};

} // namespace linkspan::agent
