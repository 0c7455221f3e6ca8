#include "ha/turn.h"

#include <algorithm>
#include <optional>

namespace linkspan::ha {
namespace {

std::size_t recent_claims(const Turn& turn)
{
    const auto since = [&](Monotonic at) { return at != Monotonic{} && turn.now - at < turn.timing().flap_window; };
    return static_cast<std::size_t>(std::ranges::count_if(turn.state.claims, since));
}

/// A switchover that a person asked for is no flapping, however many there are, and delays nothing that follows. A
/// preemption is granted by the peer as if it were one.
bool counts(const Turn& turn, Cause cause)
{
    return cause != Cause::PeerAsked || turn.state.preempts;
}

void begin_claim(Turn& turn, Cause cause)
{
    auto& state = turn.state;
    if (counts(turn, cause)) {
        std::ranges::rotate(state.claims, state.claims.begin() + 1);
        state.claims.back() = turn.now;
    }
    state.claim = {next_epoch(turn.settings.self, state.known), state.known, Phase::Persist, cause, turn.now, {}};
    turn.become(Role::Claim, cause);
    turn.act(PersistEpoch{state.claim.epoch});
}

void call_off(Turn& turn, Cause cause)
{
    turn.become(Role::Standby, cause);
}

/// The peer is there, hears us, and does not carry: the owner of the last tenure goes first, else whoever can.
bool peer_gave_way(const Turn& turn)
{
    const auto& state = turn.state;
    const auto& beat = state.peer.beat;
    if (!peer_present(turn.settings, state, turn.now) || may_emit(beat.role) || !hears_us(turn)) return false;
    if (owner_of(state.known) == turn.settings.self) return true;
    return beat.role != Role::Init && !beat.eligible;
}

bool peer_asks(const Turn& turn)
{
    const auto& beat = turn.state.peer.beat;
    return peer_present(turn.settings, turn.state, turn.now) && beat.role == Role::Active && beat.hand_over;
}

/// Why this standby should claim now, if it should.
std::optional<Cause> reason_to_claim(Turn& turn)
{
    if (turn.state.peer.same_node || (turn.settings.arbiter && !arbiter_answers(turn))) return {};
    if (peer_asks(turn) && (!counts(turn, Cause::PeerAsked) || within_flap_limit(turn))) return Cause::PeerAsked;
    const bool silent = turn.silence() >= turn.timing().detect();
    if (!silent && !peer_gave_way(turn)) return {};
    if (silent && turn.settings.arbiter && !may_overwrite(turn)) return {};
    if (!within_flap_limit(turn)) {
        if (!std::exchange(turn.state.limited, true)) turn.note(Cause::Flapping);
        return {};
    }
    return silent ? Cause::PeerSilent : Cause::PeerGaveWay;
}

/// Preemption, and a person's wish: the active gateway is asked to hand over. Who could not take the addresses at its last tenure
/// does not come back by itself.
void wish(Turn& turn)
{
    auto& state = turn.state;
    if (state.wants && turn.now - state.wished >= turn.timing().patience) {
        state.wants = false;
        state.fit_since = turn.now;
        turn.note(Cause::HandOverCalledOff);
    }
    if (!state.wants && !peer_asks(turn)) state.preempts = false;
    const bool wanted = turn.settings.preempt && turn.settings.preferred && state.fault != Cause::AddressesNotTaken &&
                        state.peer.beat.role == Role::Active && peer_present(turn.settings, state, turn.now) &&
                        !differs(turn) && !state.replication.lacks && within_flap_limit(turn) &&
                        turn.now - std::max(state.fit_since, state.started) >= turn.timing().hold_down;
    if (!wanted || state.wants) return;
    state.wants = state.preempts = true;
    state.wished = turn.now;
    turn.note(Cause::Preempted);
}

/// A claim that nobody has heard of yet ends where its reason ends.
bool reason_is_gone(const Turn& turn)
{
    const auto& state = turn.state;
    const auto& beat = state.peer.beat;
    switch (state.claim.cause) {
    case Cause::PeerSilent: return state.peer.heard > state.claim.since;
    case Cause::PeerAsked: return !peer_asks(turn) && beat.role == Role::Active;
    default: return beat.role == Role::Active && beat.epoch >= state.known;
    }
}

bool is_outranked(const Turn& turn)
{
    const auto& beat = turn.state.peer.beat;
    return turn.state.peer.heard != Monotonic{} && may_emit(beat.role) && beat.epoch > turn.state.claim.epoch;
}

bool is_granted(const Turn& turn)
{
    const auto& beat = turn.state.peer.beat;
    return peer_present(turn.settings, turn.state, turn.now) && !may_emit(beat.role) &&
           beat.epoch >= turn.state.claim.epoch && hears_us(turn);
}

/// Nobody was heard, and nobody can count on the arbiter's word for another any more.
bool is_alone(const Turn& turn)
{
    if (turn.silence() < turn.timing().detect()) return false;
    return !turn.settings.arbiter || turn.now >= turn.state.claim.clear;
}

bool has_vote(const Turn& turn)
{
    return !turn.settings.arbiter || turn.state.vote.granted + turn.timing().lease() > turn.now;
}

void await_grant(Turn& turn)
{
    if (turn.settings.arbiter && turn.state.vote.record.epoch > turn.state.claim.epoch)
        return call_off(turn, Cause::ArbiterRefused);
    const bool granted = is_granted(turn);
    if (has_vote(turn) && (granted || is_alone(turn))) return begin_tenure(turn, granted);
    if (turn.now - turn.state.claim.since >= turn.timing().patience) return call_off(turn, Cause::ClaimCalledOff);
    if (!has_vote(turn)) ask_to_write(turn, turn.state.claim.epoch);
}

void announce_claim(Turn& turn)
{
    turn.state.claim.phase = Phase::Wait;
    await_grant(turn);
    if (turn.state.role == Role::Claim) send_heartbeat(turn);
}

/// The arbiter's part of a claim: the record as it stood while nobody renewed it is overwritten.
void await_vote(Turn& turn)
{
    auto& state = turn.state;
    const auto& vote = state.vote;
    if (vote.record.epoch == state.claim.epoch && vote.granted >= state.claim.since) { return announce_claim(turn); }
    if (!arbiter_answers(turn)) return call_off(turn, Cause::NoVote);
    const bool is_renewed = state.claim.cause == Cause::PeerSilent && !may_overwrite(turn);
    if (is_renewed || vote.record.epoch >= state.claim.epoch || turn.now - state.claim.since >= turn.timing().patience)
        return call_off(turn, Cause::ArbiterRefused);
    if (is_asking(turn)) return;
    state.claim.clear = vote.seen + turn.timing().lease();
    ask_to_write(turn, state.claim.epoch);
}

} // namespace

bool within_flap_limit(const Turn& turn)
{
    if (recent_claims(turn) < turn.timing().flap_limit) return true;
    return turn.now - turn.state.claims.back() >= turn.timing().hold_down;
}

bool is_announced(const Turn& turn)
{
    return turn.state.role == Role::Claim && turn.state.claim.phase == Phase::Wait;
}

bool eligible(const Turn& turn)
{
    const bool is_standby = turn.state.role == Role::Standby || (turn.state.role == Role::Claim && !is_announced(turn));
    return is_standby && turn.state.health.fit && !turn.state.maintenance &&
           (!turn.settings.arbiter || arbiter_answers(turn));
}

void stand_by(Turn& turn)
{
    auto& state = turn.state;
    if (!state.health.fit) return enter_fault(turn, Cause::Unfit);
    if (state.maintenance) return turn.become(Role::Maint, Cause::Maintenance);
    if (just_woke(turn)) return enter_fault(turn, Cause::StoodStill);
    if (within_flap_limit(turn)) state.limited = false;
    wish(turn);
    if (turn.settings.arbiter && turn.now - state.vote.asked >= turn.timing().detect()) ask_to_read(turn);
    if (const auto cause = reason_to_claim(turn)) begin_claim(turn, *cause);
}

void pursue_claim(Turn& turn)
{
    auto& state = turn.state;
    if (!state.health.fit) return enter_fault(turn, Cause::Unfit);
    if (state.maintenance) return turn.become(Role::Maint, Cause::Maintenance);
    if (is_outranked(turn)) return call_off(turn, Cause::PeerHasHigherEpoch);
    if (state.claim.phase != Phase::Wait && reason_is_gone(turn)) return call_off(turn, Cause::ClaimCalledOff);
    switch (state.claim.phase) {
    case Phase::Persist:
        if (turn.now - state.claim.since >= turn.timing().patience) enter_fault(turn, Cause::EpochNotWritten);
        break;
    case Phase::Ask: turn.settings.arbiter ? await_vote(turn) : announce_claim(turn); break;
    case Phase::Wait: await_grant(turn); break;
    }
}

void epoch_persisted(Turn& turn, Epoch epoch)
{
    auto& state = turn.state;
    turn.learn(epoch);
    state.on_disk = std::max(state.on_disk, epoch);
    if (epoch == state.remembering) state.remembering = {};
    if (state.role == Role::Claim && state.claim.phase == Phase::Persist && epoch == state.claim.epoch)
        state.claim.phase = Phase::Ask;
    if (state.role == Role::Active && epoch == state.renewing && !turn.settings.arbiter) adopt_renewed(turn);
}

void epoch_not_persisted(Turn& turn, Epoch epoch)
{
    auto& state = turn.state;
    if (state.role == Role::Claim && epoch == state.claim.epoch) return enter_fault(turn, Cause::EpochNotWritten);
    if (epoch != state.renewing && epoch != state.remembering) return;
    state.renewing = state.remembering = {}; // only a claim needs the disk
    state.renew_after = turn.now + turn.timing().hold_down;
    turn.note(Cause::EpochNotWritten);
}

void remember(Turn& turn)
{
    auto& state = turn.state;
    if (state.known <= state.on_disk || state.remembering.value != 0 || turn.now < state.renew_after) return;
    if (state.role == Role::Claim || state.role == Role::Active) return; // they write what is higher
    if (state.role == Role::Release) return; // packets are lost until the peer is told, and a disk may take its time
    state.remembering = state.known;
    turn.act(PersistEpoch{state.known});
}

} // namespace linkspan::ha
