#include "ha/turn.h"

#include <algorithm>

namespace linkspan::ha {
namespace {

/// A claim is nobody's business before it is sure of its epoch and of the arbiter: until then the active one stays.
Role role_told(const Turn& turn)
{
    const auto role = turn.state.role;
    return role == Role::Claim && !is_announced(turn) ? Role::Standby : role;
}

Epoch epoch_told(const Turn& turn)
{
    const auto& state = turn.state;
    switch (state.role) {
    case Role::Claim: return is_announced(turn) ? state.claim.epoch : state.claim.last;
    case Role::Active:
    case Role::Release: return state.epoch;
    default: return state.known;
    }
}

std::uint8_t heard_paths(const Turn& turn)
{
    std::uint8_t bits = 0;
    for (std::size_t path = 0; path < turn.state.peer.paths.size(); ++path) {
        const auto at = turn.state.peer.paths[path];
        if (at != Monotonic{} && turn.now - at < turn.timing().detect()) bits |= static_cast<std::uint8_t>(1 << path);
    }
    return bits;
}

} // namespace

void send_heartbeat(Turn& turn)
{
    auto& state = turn.state;
    state.sent = std::max(turn.now, state.sent + std::chrono::nanoseconds{1}); // two in one instant are still two
    Heartbeat beat;
    beat.node = turn.settings.self;
    beat.role = role_told(turn);
    beat.epoch = epoch_told(turn);
    beat.boot = state.boot;
    beat.sent = state.sent;
    beat.echo_boot = state.peer.beat.boot;
    beat.echo = state.peer.beat.sent;
    beat.eligible = eligible(turn);
    beat.hand_over = state.hand_over;
    beat.wants = state.wants;
    beat.hears = heard_paths(turn);
    beat.version = turn.settings.version;
    beat.health = state.health;
    beat.config = turn.settings.config;
    beat.replication = state.replication;
    turn.act(SendHeartbeat{beat});
}

} // namespace linkspan::ha
