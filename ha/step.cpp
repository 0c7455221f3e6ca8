#include "ha/turn.h"

#include <algorithm>

namespace linkspan::ha {
namespace {

template <typename... F>
struct Overloaded : F... {
    using F::operator()...;
};

void change_health(Turn& turn, const Health& health)
{
    auto& state = turn.state;
    if (health.fit && !state.health.fit) state.fit_since = turn.now;
    state.health = health;
}

void fall_silent(Turn& turn, Role after, Cause cause)
{
    if (turn.state.role == Role::Active) begin_release(turn, after, cause);
}

/// By our clock all we know is as young as before, and by everybody else's it is not.
void wake(Turn& turn)
{
    auto& state = turn.state;
    fall_silent(turn, Role::Standby, Cause::StoodStill);
    state.peer.certain = state.peer.acked = state.vote.granted = {};
    state.listening = state.woke = turn.now;
    if (state.role == Role::Claim) turn.become(Role::Standby, Cause::StoodStill);
}

/// Silence counts only while we listen: what came while the agent stood still lies unread.
void count_lateness(Turn& turn)
{
    auto& state = turn.state;
    const auto late = turn.now - state.stepped - turn.timing().tick();
    state.stepped = turn.now;
    if (late <= std::chrono::nanoseconds{0}) return;
    state.listening = std::min(turn.now, std::max(state.listening, state.peer.heard) + late);
    if (late <= turn.timing().tick()) return;
    state.listening = std::max(state.listening, turn.now - turn.timing().detect() + 2 * turn.timing().interval);
    // So old may an acknowledgement be in the peer's hands, before the next one comes, where nobody stood still.
    if (late > turn.timing().detect() - 4 * turn.timing().interval) state.woke = turn.now;
}

/// What an event changes of what is known. What follows from that is settled afterwards, whatever the event was.
void take(Turn& turn, const Event& event)
{
    auto& state = turn.state;
    std::visit(Overloaded{
                   [&](const Heard& e) { hear(turn, e); },
                   [&](const Tick&) {},
                   [&](const PathChanged& e) {
                       if (!e.up && e.path < state.peer.paths.size()) state.peer.paths[e.path] = {};
                   },
                   [&](const HealthChanged& e) { change_health(turn, e.health); },
                   [&](const ReplicationChanged& e) { state.replication = e.replication; },
                   [&](const ArbiterAnswer& e) { take_answer(turn, e); },
                   [&](const EpochPersisted& e) { epoch_persisted(turn, e.epoch); },
                   [&](const EpochNotPersisted& e) { epoch_not_persisted(turn, e.epoch); },
                   [&](const AddressesTaken& e) {
                       if (e.epoch != state.epoch) return;
                       state.retry = {};
                       state.taken = turn.now;
                   },
                   [&](const AddressesNotTaken& e) { addresses_not_taken(turn, e.epoch); },
                   [&](const Released& e) {
                       if (state.role == Role::Release && e.epoch == state.epoch) end_release(turn);
                   },
                   [&](const FenceFailed&) { fall_silent(turn, Role::Fault, Cause::FenceNotArmed); },
                   [&](const Woke&) { wake(turn); },
                   [&](const Commanded& e) { obey(turn, e.command); },
               },
               event);
}

void settle_role(Turn& turn)
{
    switch (turn.state.role) {
    case Role::Init: return listen(turn);
    case Role::Standby: return stand_by(turn);
    case Role::Claim: return pursue_claim(turn);
    case Role::Active: return keep_tenure(turn);
    case Role::Release:
        if (turn.now - turn.state.released >= turn.timing().detect()) end_release(turn);
        return;
    case Role::Fault: return recover(turn);
    case Role::Maint: return rest(turn);
    }
}

/// Roles follow from one another until none does: never more than once round.
void settle(Turn& turn)
{
    for (int i = 0; i < 8; ++i) {
        const auto before = turn.state.role;
        settle_role(turn);
        if (turn.state.role == before) break;
    }
}

} // namespace

Step step(const Settings& settings, State state, const Event& event, Monotonic now)
{
    Turn turn{settings, std::move(state), now};
    count_lateness(turn);
    take(turn, event);
    settle(turn);
    remember(turn);
    watch_peer(turn);
    if (now - turn.state.sent >= settings.timing.due()) send_heartbeat(turn);
    return {std::move(turn.state), std::move(turn.actions)};
}

Step start(const Settings& settings, std::uint64_t boot, Epoch persisted, bool maintenance, Monotonic now)
{
    Turn turn{settings, {}, now};
    auto& state = turn.state;
    state.boot = boot;
    state.known = state.on_disk = persisted;
    state.maintenance = maintenance;
    state.started = state.listening = state.fit_since = state.stepped = now;
    turn.act(DisarmFence{});
    turn.act(ReleaseAddresses{persisted});
    turn.act(DropSegment{});
    turn.note(Cause::Started);
    if (settings.arbiter) ask_to_read(turn);
    send_heartbeat(turn);
    return {std::move(turn.state), std::move(turn.actions)};
}

} // namespace linkspan::ha
