#include "ha/turn.h"

namespace linkspan::ha {
namespace {

/// What a person puts up with.
struct Anyway {
    bool differing = false;
    bool lacking = false;
};

/// True where the peer could take over; says why where it could not.
bool can_hand_over(Turn& turn, Anyway anyway)
{
    const auto& beat = turn.state.peer.beat;
    if (!peer_present(turn.settings, turn.state, turn.now) || beat.role != Role::Standby || !beat.eligible)
        return turn.note(Cause::RefusedNoStandby), false;
    if (!anyway.differing && differs(turn)) return turn.note(Cause::RefusedDiffers), false;
    if (!anyway.lacking && beat.replication.lacks) return turn.note(Cause::RefusedNotCopied), false;
    return true;
}

void hand_over(Turn& turn, Anyway anyway, Cause cause = Cause::PersonAsked)
{
    if (!can_hand_over(turn, anyway)) return;
    turn.state.hand_over = true;
    turn.state.wished = turn.now;
    turn.note(cause);
}

void yield(Turn& turn)
{
    if (turn.state.role == Role::Active) hand_over(turn, {}, Cause::Leaves);
}

void switch_over(Turn& turn, bool anyway)
{
    auto& state = turn.state;
    if (state.role == Role::Active) return hand_over(turn, {.differing = anyway, .lacking = anyway});
    const bool possible = state.role == Role::Standby && eligible(turn) && state.peer.beat.role == Role::Active &&
                          peer_present(turn.settings, state, turn.now);
    if (!possible || anyway) return turn.note(Cause::RefusedNotHere);
    if (differs(turn)) return turn.note(Cause::RefusedDiffers);
    if (state.replication.lacks) return turn.note(Cause::RefusedNotCopied);
    state.wants = true;
    state.preempts = false;
    state.wished = turn.now;
    turn.note(Cause::PersonAsked);
}

void begin_maintenance(Turn& turn)
{
    auto& state = turn.state;
    if (state.role == Role::Active) {
        hand_over(turn, {.differing = true}); // whoever maintains one after the other has two files for a while
        state.maintenance = state.hand_over;
    } else {
        state.maintenance = true;
    }
}

void resume(Turn& turn)
{
    auto& state = turn.state;
    state.maintenance = state.limited = false;
    state.claims = {};
    state.peer.failed = {};
    if (state.role == Role::Fault && state.health.fit) return_to_standby(turn, Cause::PersonAsked);
    if (state.role == Role::Standby && state.fault == Cause::AddressesNotTaken) state.fault = Cause::Started;
}

} // namespace

void obey(Turn& turn, Command command)
{
    switch (command) {
    case Command::Switchover: return switch_over(turn, false);
    case Command::SwitchoverAnyway: return switch_over(turn, true);
    case Command::MaintenanceOn: return begin_maintenance(turn);
    case Command::MaintenanceOff: turn.state.maintenance = false; return;
    case Command::Resume: return resume(turn);
    case Command::Yield: return yield(turn);
    }
}

} // namespace linkspan::ha
