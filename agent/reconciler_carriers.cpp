#include "agent/reconciler.h"

#include <algorithm>
#include <iterator>
#include <utility>

/// The reconciler's part in which of a connection and its backup carries (agent/failover.h decides it).
namespace linkspan::agent {

bool Reconciler::switch_carriers()
{
    const bool sees_charon = !ike_error_ && !ike_version_.empty();
    if (!config_ || !knows_carriers_ || !sees_charon || !choose_carriers(sas_)) return false;
    (void)reconcile(carrying_rooms, true);
    return true;
}

/// What cannot be seen changes nothing.
bool Reconciler::learn_failover(const Observed& observed)
{
    if (!std::exchange(knows_carriers_, knows_carriers_ || (observed.routes && observed.policies)))
        std::tie(facts_.on_backup, facts_.living) =
            std::pair{left_behind(*config_, observed), left_living(*config_, observed)};
    return observed.ike && choose_carriers(observed.ike->sas);
}

/// Decides anew which of a connection and its backup carries the traffic; true where that, or what lives, is other than before.
bool Reconciler::choose_carriers(const ike::SaView& sas)
{
    if (facts_.pair == PairRole::Standby) return false; // its tunnels carry nothing, which is no reason for anything
    auto dead = verdicts_.lost;
    dead.insert(silent_.begin(), silent_.end());
    dead.merge(undecided(*config_, sas, verdicts_, facts_.living));
    auto living = living_of(*config_, sas, dead);
    const bool revived = living != facts_.living;
    if (revived) stale_ = true;
    facts_.living = std::move(living);
    auto choice = choose_all(*config_, sas, dead, {facts_.on_backup, graces_}, clock_.now());
    graces_ = std::move(choice.graces);
    auto chosen = std::move(choice.on_backup);
    if (chosen == facts_.on_backup) return revived;
    std::swap(chosen, facts_.on_backup);
    stale_ = true;
    std::vector<ConnectionName> switched;
    std::ranges::set_symmetric_difference(chosen, facts_.on_backup, std::back_inserter(switched));
    for (const auto& name : switched)
        if (observer_.switched) observer_.switched(name, facts_.on_backup.contains(name));
    return true;
}

} // namespace linkspan::agent
