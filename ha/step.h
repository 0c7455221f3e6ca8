#pragma once

#include "ha/action.h"
#include "ha/event.h"
#include "ha/state.h"

namespace linkspan::ha {

/// The whole of what a gateway of a pair decides. Pure: no clock, no disk, no network, no randomness.
///
/// **Who may emit.** An active gateway arms the fence for as long as its peer cannot have taken over, and never longer:
/// up to `sure_until`. The peer, when it hears nothing, keeps still for Timing::detect() from the last heartbeat it
/// heard; its own heartbeats hand back when that one was sent, by the sender's clock. So an active gateway that was
/// handed back `t` is alone until t + detect(), whatever happened to the network since, and counts on lease(), a
/// margin less. An arbiter's accepted write does the same from the instant at which it was asked: a claimant has to
/// overwrite the revision it saw, and waits until that is lease() old.
///
/// **Without an arbiter** an active gateway that hears nobody goes on: availability first. It stops where its peer is
/// heard and says that it does not hear us. Both gateways can be active only while neither hears the other, or one
/// stood still with its clock; they part as soon as one heartbeat comes through. **With an arbiter** they never can,
/// and a gateway that neither hears its peer nor reaches the arbiter stops.
///
/// **Who may claim.** A standby, fit, whose next epoch is on its disk, and
///  - that heard nothing for detect() (beyond the flap limit: for hold_down), or
///  - whose peer, asked by heartbeats in role Claim, answered in a role that does not emit, knowing the claim's epoch;
/// with an arbiter only after that accepted the epoch. Where both are standby the owner of the highest known epoch
/// claims if it can, else the other. An active gateway that hears a claim of a higher epoch is mute first, hands over
/// its last counters and only then says so: this is a planned switchover, too.
///
/// **What is asked of the caller.** Actions are carried out in their order before the next event is put in, `now` never
/// goes back, and a Tick comes at least every Timing::tick(). A late one is noticed: a gateway that could not send for
/// lease() does not arm its fence again before its peer, the arbiter or detect() of silence has cleared it.
/// Woke says the same where the clock stood still as well. After either a gateway is in Fault until it heard anew: what it
/// could acknowledge is old, and it would be taken for deaf.
struct Step {
    State state = {};
    Actions actions = {};
};
[[nodiscard]] Step step(const Settings& settings, State state, const Event& event, Monotonic now);

/// The first step, with what the disk knows. A gateway that was killed while active finds its fence armed and its
/// addresses there: both go before anything is said.
/// `boot`: a random number other than 0.
[[nodiscard]] Step start(const Settings& settings, std::uint64_t boot, Epoch persisted, bool maintenance,
                         Monotonic now);

/// Until when the peer certainly has not taken over; meaningful for an active gateway. In the past = it may have.
[[nodiscard]] Monotonic sure_until(const Settings& settings, const State& state, Monotonic now);

/// True where the peer was heard within detect(), by a heartbeat that was surely made since our start.
[[nodiscard]] bool peer_present(const Settings& settings, const State& state, Monotonic now);

/// True where the peer has had its chance to carry, and failed, since our addresses could last be taken.
[[nodiscard]] bool peer_failed_too(const State& state);

/// True where the peer could take over now, and go on with all: fit, standby, with all SAs, of the same version and configuration.
[[nodiscard]] bool peer_ready(const Settings& settings, const State& state, Monotonic now);

} // namespace linkspan::ha
