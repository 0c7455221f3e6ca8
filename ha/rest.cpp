#include "ha/turn.h"

namespace linkspan::ha {
namespace {

/// Nobody else can carry meanwhile, so waiting for the hold-down helps nobody; the flap limit still counts.
bool is_needed(const Turn& turn)
{
    const auto& beat = turn.state.peer.beat;
    const bool alone = turn.silence() >= turn.timing().detect();
    const bool useless = peer_present(turn.settings, turn.state, turn.now) && !may_emit(beat.role) && !beat.eligible;
    return turn.state.fault == Cause::Unfit && (alone || useless) && within_flap_limit(turn);
}

} // namespace

/// What it has to hand back is old, as a deaf gateway's is, to which the active one gives way. It tells that it is not in
/// the running until the peer's next words had time to come.
bool just_woke(const Turn& turn)
{
    return turn.state.woke != Monotonic{} && turn.now - turn.state.woke < 2 * turn.timing().interval;
}

/// An active peer that we cannot hear did not reckon with us until now: it gets the time to notice.
void return_to_standby(Turn& turn, Cause cause)
{
    turn.state.listening = turn.now;
    turn.become(Role::Standby, cause);
}

void listen(Turn& turn)
{
    const auto& state = turn.state;
    if (just_woke(turn)) return enter_fault(turn, Cause::StoodStill);
    if (!peer_present(turn.settings, state, turn.now) && turn.silence() < turn.timing().detect() &&
        turn.now - state.started < turn.timing().hold_down)
        return;
    turn.become(Role::Standby, Cause::Started);
}

void enter_fault(Turn& turn, Cause cause)
{
    turn.state.fault = cause;
    turn.state.fit_since = turn.now;
    turn.become(Role::Fault, cause);
}

void recover(Turn& turn)
{
    const auto& state = turn.state;
    if (state.maintenance) return turn.become(Role::Maint, Cause::Maintenance);
    if (!state.health.fit && state.fault == Cause::StoodStill) return enter_fault(turn, Cause::Unfit);
    if (!state.health.fit || just_woke(turn)) return;
    const bool held_down = state.fault != Cause::StoodStill && turn.now - state.fit_since < turn.timing().hold_down;
    if (!held_down || is_needed(turn)) return_to_standby(turn, Cause::FitAgain);
}

void rest(Turn& turn)
{
    if (!turn.state.maintenance && !just_woke(turn)) return_to_standby(turn, Cause::MaintenanceOver);
}

} // namespace linkspan::ha
