#pragma once

#include "base/clock.h"
#include "ike/connection_spec.h"
#include "ike/sa_view.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

/// Two ends that begin at once make two IKE_SAs of one connection (docs/adr/0021-two-ends-that-begin-at-once.md).
namespace linkspan::agent {

/// IKE_SAs that another one makes superfluous, by unique id, each with the one that goes on.
using Rivals = std::map<std::uint64_t, std::uint64_t>;

/// Of IKE_SAs of one connection between the same addresses and identities, established at about the same time, the one with
/// the greatest initiator's SPI goes on, which both ends see alike; the others are superfluous as far as it has their
/// children. IKEv2 only: IKEv1's IPsec SAs do not belong to an ISAKMP SA.
[[nodiscard]] Rivals rivals(const std::map<ConnectionName, ike::ConnectionSpec>& specs, const ike::SaView& sas);

/// Superfluous IKE_SAs that this end began, and how long no packet has come or gone by them. Once that is long enough the
/// other end sends by another one, too, and nothing is lost with them.
class Superfluous {
public:
    void see(const Rivals& rivals, const ike::SaView& sas, Monotonic now);
    /// By unique id, why each of those that are quiet is to be ended.
    [[nodiscard]] std::map<std::uint64_t, std::string> quiet(Monotonic now) const;
    /// True while one is waited for.
    [[nodiscard]] bool waits() const { return waits_; }

private:
    struct Use {
        std::uint64_t packets = 0; ///< both ways
        Monotonic since = {};      ///< at the first look that showed so many
        std::uint64_t survivor = 0;
    };
    /// A unique id alone may be another's after charon has been restarted; the initiator's SPI is random.
    std::map<std::pair<std::uint64_t, std::uint64_t>, Use> uses_;
    bool waits_ = false;
};

} // namespace linkspan::agent
