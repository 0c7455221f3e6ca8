#include "agent/app.h"
#include "agent/hazards.h"
#include "service/journal.h"

#include <fmt/format.h>

#include <utility>

/// What the agent does as one of a pair of gateways.
namespace linkspan::agent {
namespace {

/// As long as the other gateway of a pair may take to carry (ha::Timing::patience); less than the unit lets this one take to end.
constexpr auto yield_patience = std::chrono::seconds{3};

} // namespace

/// Who carries for a pair hands over first, where the other gateway could go on with all: that takes it a heartbeat or two.
void App::stop()
{
    if (stopping_ || pair_.role() != PairRole::Active || !pair_.command(ha::Command::Yield)) return loop_.stop(0);
    auto patience = loop_.after(yield_patience, [this] { loop_.stop(0); });
    if (!patience) return loop_.stop(0);
    stopping_ = std::move(*patience);
}

/// The other gateway of a pair has the IKE_SAs that died with it. Until that carries, the next charon here begins none.
void App::charon_gone()
{
    end_plugins_sas();
    if (pair_.role() != PairRole::Active || !pair_.command(ha::Command::Yield)) return;
    reconciler_.tell_pair(PairRole::Standby);
    if (auto patience = loop_.after(yield_patience, [this] { pair_changed(); })) yielding_ = std::move(*patience);
}

/// Its successor's first word to the other gateway makes them negotiate, and ends there what is left of the old tunnel.
void App::end_plugins_sas()
{
    if (pair_.role() == PairRole::Alone) return;
    std::vector<Step> steps;
    for (const auto& key : std::exchange(plugins_sas_, {})) steps.push_back(step_of(DropState{{.key = key}}));
    for (const auto& dropped : world_.apply(steps))
        if (!dropped) service::log({.level = service::Entry::Level::Warning, .message = dropped.error().what});
}

void App::pair_changed()
{
    yielding_.reset();
    if (stopping_ && pair_.role() != PairRole::Active) return loop_.stop(0);
    reconciler_.tell_pair(pair_.role());
    dirty(all_rooms);
}

std::vector<std::uint64_t> App::children_to_renew()
{
    std::vector<std::uint64_t> ids;
    reconcile(static_cast<Rooms>(Room::Ike), true);
    for (const auto& sa : reconciler_.sas())
        for (const auto& child : sa.children)
            if (ike::is_up(child) && is_ours(child.reqid)) ids.push_back(child.unique_id);
    return ids;
}

/// It says so every second, and a look at charon may take longer: looks have their turn, and what is said meanwhile counts
/// for the next one.
void App::copies_missing(std::set<xfrm::StateKey> missing)
{
    lacking_.merge(missing);
    dirty(static_cast<Rooms>(Room::Ike));
}

void App::repair_copies()
{
    if (rekeyer_.is_busy()) return; // it is no use to look for what comes of orders that charon has not taken up
    const auto missing = std::exchange(lacking_, {});
    if (pair_.role() != PairRole::Active) return;
    const auto orders = repair_.look(missing, reconciler_.sas(), clock_.now());
    if (orders == Rekeying{}) return;
    const auto again = [this] { dirty(static_cast<Rooms>(Room::Ike)); };
    if (auto later = loop_.after(CopyRepair::between, again)) repairing_ = std::move(*later);
    service::log(service::Entry::Level::Notice,
                 fmt::format("the standby lacks copies of SAs: {} IKE_SAs and {} CHILD_SAs are rekeyed",
                             orders.ikes.size(), orders.children.size()));
    if (const auto ordered = rekeyer_.order(orders); !ordered)
        service::log({.level = service::Entry::Level::Warning, .message = ordered.error().what});
}

} // namespace linkspan::agent
