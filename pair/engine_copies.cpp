#include "pair/engine.h"

#include <utility>

/// What the two gateways of a pair have in common: the engine's part in keeping it so.
namespace linkspan::pair {
namespace {

/// charon is told again so often: one that was restarted knows nothing of it.
constexpr auto order_again = std::chrono::seconds{1};
/// How often both sides' SAs are counted, and an active gateway tells its counters.
constexpr auto copy_interval = std::chrono::milliseconds{200};
/// How often a standby says what it lacks.
constexpr auto missing_again = std::chrono::seconds{1};

} // namespace

void Engine::copy()
{
    const auto now = clock_.now();
    if (now - copied_ < copy_interval) return;
    copied_ = now;
    const auto counters = effects_.counters();
    if (!done("counters", counters ? Result<>{} : std::unexpected(counters.error()))) return;
    const bool stands_by = state_.role == ha::Role::Standby;
    hand_on(speaks() ? std::vector<xfrm::StateKey>{} : mirror_.told(now));
    if (stands_by) {
        drop(leftovers_.look(*counters, mirror_, now));
        tell_missing(*counters);
    }
    if (speaks())
        for (const auto& frame : ha::frames_of(*counters, effects_.shared(), state_.epoch, false)) channel_.send(frame);
    auto replication = ha::replication_of(*counters, mirror_.newest(), now);
    if (speaks()) missing_.carries();
    replication.lacks = missing_.lacks();
    if (replication != state_.replication) put(ha::ReplicationChanged{replication});
    copies_.look(replication, state_.peer.beat.replication, ha::peer_present(spec_.settings, state_, now), now);
}

void Engine::hand_on(std::vector<xfrm::StateKey> told)
{
    if (told == told_) return;
    told_ = std::move(told);
    listener_.told(told_);
}

/// Of one that carries and is no older than any that we know of: else they are of a tenure that is over.
bool Engine::is_told(ha::Epoch epoch) const
{
    return copying_ && !speaks() && epoch >= std::max(state_.known, state_.epoch);
}

/// charon goes on listing them as installed, until the agent ends a copy of an IKE_SA of which the kernel has nothing more.
void Engine::drop(const std::vector<xfrm::SaCounters>& leftovers)
{
    for (const auto& sa : leftovers) (void)done("left SAs", effects_.drop(sa));
}

/// Again and again while they are missing: what was sent may be lost, and who carries knows best when to do something.
void Engine::tell_missing(const std::vector<xfrm::SaCounters>& have)
{
    const auto now = clock_.now();
    const auto missing = missing_.look(have, charon_, mirror_, now);
    if (now - missing_told_ < missing_again) return;
    missing_told_ = now;
    if (missing_.needs_look()) listener_.look();
    for (const auto& frame : ha::frames_of(missing, mirror_.epoch())) channel_.send(frame, ha::FrameKind::Missing);
}

void Engine::hear_missing(const ha::CounterFrame& frame)
{
    if (!speaks() || frame.epoch != state_.epoch) return;
    std::set<xfrm::StateKey> missing;
    for (const auto& told : frame.told) missing.insert({told.destination, told.spi});
    listener_.missing(std::move(missing));
}

/// One order at a time: charon takes the first of what stands in the pipe, and forgets the rest.
void Engine::order_charon()
{
    const auto now = clock_.now();
    if (!segment_ || now - ordered_ < order_again) return;
    ordered_ = now;
    const auto outcome = order_segment(spec_.segment_pipe, *segment_);
    if (!outcome && outcome.error().kind == Kind::Disconnected) ordered_ = now - order_again * 9 / 10;
    (void)done("charon's ha plugin", outcome);
}

} // namespace linkspan::pair
