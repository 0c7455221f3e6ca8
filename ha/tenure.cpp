#include "ha/turn.h"

#include <algorithm>

namespace linkspan::ha {
namespace {

void arm(Turn& turn)
{
    const auto left = sure_until(turn.settings, turn.state, turn.now) - turn.now;
    turn.state.armed = turn.now;
    turn.act(ArmFence{std::min<std::chrono::nanoseconds>(left, turn.timing().fence())});
}

bool is_outranked(const Turn& turn)
{
    const auto& beat = turn.state.peer.beat;
    return turn.state.peer.heard != Monotonic{} && may_emit(beat.role) && beat.epoch > turn.state.epoch;
}

Cause cause_of_giving_way(const Turn& turn)
{
    return turn.state.hand_over ? Cause::PeerAsked : Cause::PeerHasHigherEpoch;
}

Cause cause_of_lapse(const Turn& turn)
{
    if (turn.settings.arbiter) return Cause::NoVote;
    return peer_present(turn.settings, turn.state, turn.now) ? Cause::PeerDoesNotHear : Cause::StoodStill;
}

/// No heartbeat of the peer's is overdue, and what it hands back is of late.
bool peer_vouches(const Turn& turn)
{
    const auto& timing = turn.timing();
    const auto& peer = turn.state.peer;
    const auto heard = timing.interval + timing.tick();
    const auto acked = std::min(2 * timing.interval + timing.tick(), timing.lease() - 2 * timing.interval);
    return turn.now - peer.certain < heard && turn.now - peer.acked < acked;
}

/// The arbiter is asked as soon as its word may be needed, and no more often than heartbeats go out: so its answer may take half of
/// lease() every time, and all of it but an interval once.
void renew_vote(Turn& turn)
{
    if (!turn.settings.arbiter || peer_vouches(turn)) return;
    const auto& state = turn.state;
    if (turn.now - state.vote.asked < turn.timing().due()) return;
    if (may_overwrite(turn) && state.vote.record.epoch <= state.epoch)
        ask_to_write(turn, state.epoch);
    else
        ask_to_read(turn);
}

/// A higher epoch than ours is about, and nobody carries under it: a claim that was called off, or one of before a
/// crash. Ours becomes the highest again.
void renew_epoch(Turn& turn)
{
    auto& state = turn.state;
    if (state.hand_over) return; // it is the claim that we wait for, told by the arbiter
    if (state.known <= state.epoch || state.renewing.value != 0 || turn.now < state.renew_after) return;
    state.renewing = next_epoch(turn.settings.self, state.known);
    turn.act(PersistEpoch{state.renewing});
}

/// Where there is an arbiter it has the renewed epoch before anybody else hears of it: a claim that it granted meanwhile,
/// unheard by us, would carry a lower one into the world.
void renew_at_arbiter(Turn& turn)
{
    auto& state = turn.state;
    if (!turn.settings.arbiter || state.renewing.value == 0 || state.on_disk < state.renewing) return;
    const auto written = state.vote.record.epoch;
    if (written == state.renewing) return adopt_renewed(turn);
    if (written > state.renewing)
        state.renewing = {};
    else if (may_overwrite(turn) && turn.now - state.vote.asked >= turn.timing().tick())
        ask_to_write(turn, state.renewing);
}

void call_off_hand_over(Turn& turn)
{
    auto& state = turn.state;
    if (!state.hand_over || turn.now - state.wished < turn.timing().patience) return;
    state.hand_over = state.maintenance = false;
    turn.note(Cause::HandOverCalledOff);
}

void retry_addresses(Turn& turn)
{
    auto& state = turn.state;
    if (state.retry == Monotonic{} || turn.now < state.retry) return;
    state.retry = {};
    turn.act(TakeAddresses{state.epoch});
}

} // namespace

Monotonic sure_until(const Settings& settings, const State& state, Monotonic now)
{
    const auto& timing = settings.timing;
    const auto& peer = state.peer;
    if (settings.arbiter) return std::max(peer.acked, state.vote.granted) + timing.lease();
    // Two missed heartbeats: it is gone, and nobody but us is left. Until then it could claim, unless it says it will not.
    const auto gone_after = std::min(2 * timing.interval, timing.lease() - 2 * timing.interval);
    const auto role = peer.beat.role;
    const bool may_claim = !may_emit(role) && role != Role::Maint && role != Role::Fault;
    const bool is_there = peer.certain != Monotonic{} && now - peer.certain < gone_after;
    if (is_there && may_claim) return peer.acked + timing.lease();
    return state.sent + timing.lease() - timing.interval; // so long may a heartbeat be on its way
}

void begin_tenure(Turn& turn, bool granted)
{
    auto& state = turn.state;
    state.epoch = state.claim.epoch;
    state.renewing = {};
    state.retry = {};
    state.hand_over = state.wants = state.preempts = state.conflict = false;
    turn.become(Role::Active, granted ? Cause::Granted : state.claim.cause);
    send_heartbeat(turn);
    turn.act(JumpCounters{granted});
    arm(turn);
    turn.act(TakeAddresses{state.epoch});
    turn.act(Announce{});
    turn.act(TakeSegment{});
    if (!granted) turn.act(RekeyAll{});
}

void keep_tenure(Turn& turn)
{
    auto& state = turn.state;
    if (is_outranked(turn)) return begin_release(turn, Role::Standby, cause_of_giving_way(turn));
    if (turn.now >= sure_until(turn.settings, state, turn.now))
        return begin_release(turn, Role::Standby, cause_of_lapse(turn));
    if (!state.health.fit) return begin_release(turn, Role::Fault, Cause::Unfit);
    call_off_hand_over(turn);
    renew_epoch(turn);
    renew_at_arbiter(turn); // such a write vouches, too
    renew_vote(turn);
    retry_addresses(turn);
    if (turn.now - state.armed >= turn.timing().tick()) arm(turn);
}

/// The renewed epoch is on disk, and at the arbiter where there is one.
void adopt_renewed(Turn& turn)
{
    auto& state = turn.state;
    state.epoch = state.renewing;
    state.renewing = {};
    turn.act(TakeAddresses{state.epoch});
    turn.act(Announce{});
}

void begin_release(Turn& turn, Role after, Cause cause)
{
    auto& state = turn.state;
    turn.act(DisarmFence{});
    state.after_release = after;
    state.fault = cause;
    state.released = state.listening = turn.now;
    state.hand_over = state.conflict = false;
    state.renewing = {};
    turn.become(Role::Release, cause);
    turn.act(SendCounters{state.epoch});
    send_heartbeat(turn);
}

/// The peer is told first, for packets are lost until it carries. Meanwhile what still comes here is decrypted and delivered:
/// that takes the addresses, and no packet of the pair's.
void end_release(Turn& turn)
{
    auto& state = turn.state;
    if (state.maintenance) {
        turn.become(Role::Maint, Cause::Maintenance);
    } else if (state.after_release == Role::Fault) {
        enter_fault(turn, state.fault);
    } else if (just_woke(turn)) {
        enter_fault(turn, Cause::StoodStill);
    } else {
        turn.become(Role::Standby, state.fault);
    }
    send_heartbeat(turn);
    turn.act(ReleaseAddresses{state.epoch});
    turn.act(DropSegment{});
}

/// The peer gets one chance. Where it has had it, nothing is won by handing over to and fro.
void addresses_not_taken(Turn& turn, Epoch epoch)
{
    auto& state = turn.state;
    if (state.role != Role::Active || epoch != state.epoch) return;
    const bool in_vain = peer_failed_too(state);
    if (!in_vain && peer_ready(turn.settings, state, turn.now))
        return begin_release(turn, Role::Fault, Cause::AddressesNotTaken);
    turn.note(in_vain ? Cause::AddressesTakenByNeither : Cause::AddressesNotTaken);
    state.retry = turn.now + turn.timing().patience;
}

} // namespace linkspan::ha
