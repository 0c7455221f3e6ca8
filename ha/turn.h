#pragma once

#include "ha/step.h"

#include <algorithm>
#include <utility>

namespace linkspan::ha {

/// One step under way: what was, what is to be done. Private to the room.
struct Turn {
    const Settings& settings;
    State state;
    Monotonic now;
    Actions actions = {};

    void act(Action action) { actions.push_back(std::move(action)); }
    /// Says why, without a change of role.
    void note(Cause cause) { act(Note{cause, state.role, state.role, state.epoch}); }
    void become(Role role, Cause cause)
    {
        act(Note{cause, state.role, role, role == Role::Claim ? state.claim.epoch : state.epoch});
        state.role = role;
    }
    [[nodiscard]] const Timing& timing() const { return settings.timing; }
    /// Nothing authentic was heard for so long.
    [[nodiscard]] std::chrono::nanoseconds silence() const { return now - std::max(state.peer.heard, state.listening); }
    void learn(Epoch epoch) { state.known = std::max(state.known, epoch); }
};

/// hear.cpp: what a heartbeat changes in our view of the peer, and what is said of it.
void hear(Turn& turn, const Heard& heard);
void watch_peer(Turn& turn);
[[nodiscard]] bool hears_us(const Turn& turn);
[[nodiscard]] bool differs(const Turn& turn);

/// vote.cpp: questions for the arbiter.
void take_answer(Turn& turn, const ArbiterAnswer& answer);
[[nodiscard]] bool is_asking(const Turn& turn);
void ask_to_read(Turn& turn);
void ask_to_write(Turn& turn, Epoch epoch);
[[nodiscard]] bool may_overwrite(const Turn& turn); ///< what stands there entitles nobody but us any more
[[nodiscard]] bool arbiter_answers(const Turn& turn);

/// claim.cpp: standby and claim.
void stand_by(Turn& turn);
void pursue_claim(Turn& turn);
void epoch_persisted(Turn& turn, Epoch epoch);
void epoch_not_persisted(Turn& turn, Epoch epoch);
void remember(Turn& turn); ///< a tenure of the peer's, over a crash of both
[[nodiscard]] bool is_announced(const Turn& turn);
[[nodiscard]] bool eligible(const Turn& turn);
[[nodiscard]] bool within_flap_limit(const Turn& turn);

/// tenure.cpp: active and release.
void begin_tenure(Turn& turn, bool granted);
void keep_tenure(Turn& turn);
void adopt_renewed(Turn& turn);
void begin_release(Turn& turn, Role after, Cause cause);
void end_release(Turn& turn);
void addresses_not_taken(Turn& turn, Epoch epoch);

/// rest.cpp: init, fault and maintenance.
[[nodiscard]] bool just_woke(const Turn& turn);
void listen(Turn& turn);
void recover(Turn& turn);
void rest(Turn& turn);
void enter_fault(Turn& turn, Cause cause);
void return_to_standby(Turn& turn, Cause cause);

/// command.cpp
void obey(Turn& turn, Command command);

/// beat.cpp
void send_heartbeat(Turn& turn);

} // namespace linkspan::ha
