#include "ha/turn.h"

#include <algorithm>

namespace linkspan::ha {
namespace {

bool is_certain(const Turn& turn, const Heartbeat& beat)
{
    return beat.echo_boot == turn.state.boot;
}

/// Whether it replaces what we have of the peer. One of another boot that may be a recording does not, while the peer is
/// certainly there.
bool is_newer(const Turn& turn, const Heartbeat& beat)
{
    const auto& peer = turn.state.peer;
    if (beat.boot == peer.beat.boot) return beat.sent > peer.beat.sent;
    return is_certain(turn, beat) || !peer_present(turn.settings, turn.state, turn.now);
}

void compare(Turn& turn, const Heartbeat& beat)
{
    auto& peer = turn.state.peer;
    const bool same_node = beat.node == turn.settings.self;
    if (same_node && !peer.same_node) turn.note(Cause::SameNode);
    peer.same_node = same_node;
    if (beat.version != turn.settings.version && beat.version != peer.told_version) turn.note(Cause::VersionDiffers);
    peer.told_version = beat.version;
    const bool config_differs = !differing(turn.settings.config, beat.config).empty();
    if (config_differs && beat.config != peer.told) turn.note(Cause::ConfigDiffers);
    peer.told = config_differs ? beat.config : ConfigDigest{};
}

/// Another active one. If ours is the higher epoch, it gives way once it hears us.
void meet_active(Turn& turn, const Heartbeat& beat)
{
    auto& state = turn.state;
    if (state.role != Role::Active) return;
    if (beat.role == Role::Active && beat.epoch < state.epoch) {
        if (!state.conflict) turn.note(Cause::TwoActive);
        state.conflict = true;
    } else if (state.conflict && !may_emit(beat.role)) { // the segment and the peer's counters may be the other's
        state.conflict = false;
        turn.act(JumpCounters{});
        turn.act(Announce{});
        turn.act(RekeyAll{});
    }
}

/// Who gives up though it is fit has failed at carrying: at its addresses, its fence or its disk. One that only stood still is
/// back sooner.
void watch_failure(Turn& turn, const Heartbeat& beat)
{
    auto& peer = turn.state.peer;
    if (beat.boot != peer.beat.boot || beat.role == Role::Active) peer.failed = {};
    if (beat.role != Role::Fault)
        peer.stumbled = {};
    else if (peer.beat.role != Role::Fault && beat.health.fit)
        peer.stumbled = turn.now;
    const auto lasts = std::min(3 * turn.timing().interval, turn.timing().hold_down / 2);
    if (peer.stumbled != Monotonic{} && turn.now - peer.stumbled >= lasts) peer.failed = peer.stumbled;
}

void take_wish(Turn& turn, const Heartbeat& beat)
{
    auto& state = turn.state;
    if (!beat.wants || state.role != Role::Active || state.hand_over || !peer_ready(turn.settings, state, turn.now))
        return;
    state.hand_over = true;
    state.wished = turn.now;
    turn.note(Cause::PeerAsked);
}

} // namespace

std::vector<Section> differing(const ConfigDigest& ours, const ConfigDigest& theirs)
{
    std::vector<Section> found;
    for (std::size_t i = 0; i < sections; ++i)
        if (ours[i] != 0 && theirs[i] != 0 && ours[i] != theirs[i]) found.push_back(static_cast<Section>(i));
    return found;
}

void hear(Turn& turn, const Heard& heard)
{
    auto& peer = turn.state.peer;
    const auto& beat = heard.beat;
    turn.learn(beat.epoch);
    if (heard.path < peer.paths.size()) peer.paths[heard.path] = turn.now;
    if (!is_newer(turn, beat)) return;
    if (is_certain(turn, beat)) watch_failure(turn, beat);
    peer.beat = beat;
    peer.heard = turn.now;
    compare(turn, beat);
    meet_active(turn, beat);
    if (!is_certain(turn, beat) || peer.same_node) return;
    peer.certain = turn.now;
    peer.acked = std::max(peer.acked, beat.echo);
    take_wish(turn, beat);
}

bool peer_present(const Settings& settings, const State& state, Monotonic now)
{
    return state.peer.certain != Monotonic{} && now - state.peer.certain < settings.timing.detect();
}

bool peer_ready(const Settings& settings, const State& state, Monotonic now)
{
    const auto& beat = state.peer.beat;
    return peer_present(settings, state, now) && beat.eligible && beat.role == Role::Standby &&
           !beat.replication.lacks && differing(settings.config, beat.config).empty() &&
           beat.version == settings.version;
}

bool peer_failed_too(const State& state)
{
    return state.peer.failed != Monotonic{} && state.peer.failed > state.taken;
}

bool hears_us(const Turn& turn)
{
    return turn.state.peer.acked != Monotonic{} && turn.state.peer.acked + turn.timing().lease() > turn.now;
}

bool differs(const Turn& turn)
{
    const auto& beat = turn.state.peer.beat;
    return !differing(turn.settings.config, beat.config).empty() || beat.version != turn.settings.version;
}

/// Says once that the peer or a path of its came or went. A path has all its time from when the peer came on: what is sent
/// on both comes by one of them first.
void watch_peer(Turn& turn)
{
    auto& peer = turn.state.peer;
    const bool present = peer_present(turn.settings, turn.state, turn.now);
    if (present != peer.present) {
        peer.present = present;
        if (present) peer.back = turn.now;
        turn.note(present ? Cause::PeerBack : Cause::PeerLost);
        if (present && turn.state.role == Role::Active) turn.act(Announce{});
    }
    for (std::size_t path = 0; path < turn.settings.paths && turn.settings.paths > 1; ++path) {
        const auto heard = std::max(peer.paths[path], peer.back);
        const bool silent = present && turn.now - heard >= turn.timing().detect();
        if (silent == peer.silent[path] || (!silent && !present)) continue;
        peer.silent[path] = silent;
        turn.note(silent ? Cause::PathSilent : Cause::PathBack);
    }
}

} // namespace linkspan::ha
