#pragma once

#include "base/clock.h"
#include "ha/action.h"
#include "ha/heartbeat.h"
#include "ha/timing.h"

#include <array>
#include <cstdint>

namespace linkspan::ha {

/// What the file says of this gateway.
struct Settings {
    Node self = Node::First;
    Timing timing = {};
    std::uint8_t paths = 1; ///< 1 or 2
    bool arbiter = false;   ///< no claim without its word
    bool preempt = false;   ///< the preferred gateway takes over again once it is fit
    bool preferred = false; ///< exactly one of the two
    ConfigDigest config = {};
    std::uint16_t version = protocol_version;
    bool operator==(const Settings&) const = default;
};

/// What is known of the other gateway. Instants are of our clock unless said otherwise; the clock's epoch = never.
struct Peer {
    Heartbeat beat = {};              ///< its newest
    Monotonic heard = {};             ///< when anything authentic came last: somebody may be there
    Monotonic certain = {};           ///< when one came that hands back our boot: it is there
    Monotonic acked = {};             ///< the newest of our `sent` that it handed back
    std::array<Monotonic, 2> paths{}; ///< heard on each
    std::array<bool, 2> silent{};     ///< PathSilent was said
    bool present = false;             ///< PeerBack was the last thing said of it
    Monotonic back = {};              ///< that was said then: no path has been silent for longer
    ConfigDigest told = {};           ///< ConfigDiffers was said of this one
    std::uint16_t told_version = 0;
    bool same_node = false;
    Monotonic stumbled = {}; ///< in Fault since then, and fit as that began; never = it is not
    Monotonic failed = {};   ///< that lasted: since its start or last tenure it has failed at carrying
    bool operator==(const Peer&) const = default;
};

/// How far a claim has come.
enum class Phase : std::uint8_t { Persist, Ask, Wait };

struct Claiming {
    Epoch epoch = {};
    Epoch last = {}; ///< the highest that was known as it began
    Phase phase = Phase::Persist;
    Cause cause = Cause::PeerSilent;
    Monotonic since = {};
    Monotonic clear = {}; ///< from then on nobody can count on what the arbiter granted before us
    bool operator==(const Claiming&) const = default;
};

/// Our view of the arbiter.
struct Vote {
    ArbiterRecord record = {};
    Monotonic seen = {};       ///< this revision was first seen then; never = nothing is known
    Monotonic answered = {};   ///< its last answer
    Monotonic asked = {};      ///< the question that is open was asked then
    Monotonic granted = {};    ///< a write of ours that it accepted was asked then
    std::uint64_t request = 0; ///< the last one's number
    bool open = false;
    bool operator==(const Vote&) const = default;
};

/// One gateway. A plain value: the same goes through the daemon, the exploration and the simulation.
struct State {
    std::uint64_t boot = 0;
    Role role = Role::Init;
    Role after_release = Role::Standby;
    Epoch epoch = {}; ///< of our tenure; meaningful in Claim, Active and Release
    Epoch known = {}; ///< the highest ever heard of, from disk, peer or arbiter
    Epoch on_disk = {};
    Epoch remembering = {}; ///< on its way to the disk, for a gateway that was only told of it; 0 = none
    Epoch renewing = {};    ///< an active that persists a higher epoch; 0 = none
    Health health = {};
    Replication replication = {};
    bool maintenance = false; ///< wanted
    bool hand_over = false;   ///< active and wants to be relieved
    bool wants = false;       ///< standby that is to be active: a person wants it, or it is the preferred one
    bool preempts = false;    ///< that wish is its own, no person's; until what came of it is over
    bool conflict = false;    ///< another active one with a lower epoch was heard
    Peer peer = {};
    Vote vote = {};
    Claiming claim = {};
    Monotonic started = {};
    Monotonic listening = {};          ///< silence counts from here at the earliest: since it carried or stood aside
    Monotonic stepped = {};            ///< the last step
    Monotonic woke = {};               ///< it stood still until then; never = it did not
    Monotonic sent = {};               ///< our last heartbeat
    Monotonic released = {};           ///< Release began
    Monotonic wished = {};             ///< hand_over or wants began
    Monotonic fit_since = {};          ///< hold-down counts from here
    Monotonic armed = {};              ///< ArmFence was said last
    Monotonic retry = {};              ///< addresses are taken once more then; never = they stand
    Monotonic taken = {};              ///< AddressesTaken came last then
    Monotonic renew_after = {};        ///< a higher epoch is not persisted before
    Cause fault = Cause::Unfit;        ///< why it released, or is in Fault
    bool limited = false;              ///< Flapping was said
    std::array<Monotonic, 8> claims{}; ///< the last ones that no person asked for, oldest first
    bool operator==(const State&) const = default;
};

} // namespace linkspan::ha
