#pragma once

#include "base/clock.h"
#include "ike/plan.h"
#include "xfrm/state_spec.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What charon 5.9.8 is known to get into, and not out of by itself (docs/kernel-facts.md, "charon's hazards").
namespace linkspan::agent {

/// The CHILD_SAs to end because they carry nothing one way or both, though charon calls them installed: their SA is
/// missing in the kernel. A collision of rekeyings does that to the outbound one, a hand to either. charon never finds
/// out, and refuses to negotiate what it believes to have. None of the older copy of an IKE_SA that charon has twice: its end
/// would be told to the peer, who has but one. `states` is sorted by key and was read before `sas`, so many
/// seconds `apart`: what is not much older may have come in between.
[[nodiscard]] std::vector<ike::Terminate>
phantoms(const ike::SaView& sas, const std::vector<xfrm::ObservedState>& states, std::chrono::seconds apart);

/// The copies of IKE_SAs that a standby's charon keeps for nothing: neither the kernel nor the active gateway has any of their
/// CHILD_SAs any more, or they have none and the connection has a newer one. Its plugin was not told of an end, or copied all of
/// them again (a resync makes a second one of each). One whose SAs are gone from this kernel alone is needed: there those copies
/// go that are made anew. To end one that is passive is nobody's to hear. `told`: what the active gateway has. Otherwise as
/// `phantoms`.
[[nodiscard]] std::vector<ike::Terminate> void_copies(const ike::SaView& sas,
                                                      const std::vector<xfrm::ObservedState>& states,
                                                      std::chrono::seconds apart, const std::set<xfrm::StateKey>& told);

/// charon's ha plugin has a connection of its own to the other gateway's, by this name, which protects the keys that it copies.
inline constexpr std::string_view plugins_connection = "ha";

/// The SAs of the plugin's connection, which stay in the kernel when charon dies. The plugin of the next one sends by them, so its
/// policy asks for none, while the other gateway's charon waits for answers by an IKE_SA that nobody has any more: until it gives
/// that up no tunnel that either loses is made anew, and no copy arrives.
[[nodiscard]] std::set<xfrm::StateKey> plugins_sas(const ike::SaView& sas);

/// A copy that charon's plugin was told the half of: it has keys and no connection, for what was to tell of that was lost, or is
/// still to come. Where such a one is rekeyed, charon (5.9.8) reads by the connection that is not there, and dies.
[[nodiscard]] bool is_half_copied(const ike::IkeSa& sa);

/// A negotiation tells the first half when keys are made, and the second when it is through.
inline constexpr std::chrono::seconds longest_copying{20};

/// How often and how long charon asks before it gives up, as systemd/strongswan.conf has it.
struct Retransmission {
    double timeout = 2.0; ///< seconds to the first repetition
    double base = 1.5;    ///< each takes so many times as long as the one before
    int tries = 4;
};

/// Seconds until an exchange without an answer ends.
[[nodiscard]] constexpr double patience(const Retransmission& settings)
{
    double sum = 0;
    double wait = settings.timeout;
    for (int sent = 0; sent <= settings.tries; ++sent, wait *= settings.base) sum += wait;
    return sum;
}

/// The most exchanges that an IKE_SA can take to be established: IKEv1's main mode. IKEv2 takes two; a third may ask for
/// a cookie or another group.
inline constexpr int exchanges = 3;

/// An IKE_SA that is connecting for longer hangs: no message of it is on its way any more.
inline constexpr std::chrono::seconds longest_connecting{static_cast<int>(exchanges * patience({})) + 1};

/// How long IKE_SAs have been connecting. charon does not tell, so it counts from the first look that shows one.
class Connecting {
public:
    void see(const ike::SaView& sas, Monotonic now);
    /// By unique id, why each of those that hang is to be ended.
    [[nodiscard]] std::map<std::uint64_t, std::string> stuck(Monotonic now) const;
    /// The copies that are still half copied after `longest_copying`, to be ended.
    [[nodiscard]] std::vector<ike::Terminate> half_copied(const ike::SaView& sas, Monotonic now) const;
    /// It was told to end. If that does not help, the next order waits as long again.
    void ordered(std::uint64_t unique_id);

private:
    /// A unique id alone may be another's after charon has been restarted; the initiator's SPI is random.
    std::map<std::pair<std::uint64_t, std::uint64_t>, Monotonic> since_;
};

} // namespace linkspan::agent
