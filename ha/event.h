#pragma once

#include "ha/arbiter.h"
#include "ha/heartbeat.h"

#include <cstdint>
#include <variant>

namespace linkspan::ha {

/// What `linkspan ha` asks for, a person by it or the end of a service.
enum class Command : std::uint8_t {
    Switchover,       ///< on either gateway: the active one hands over
    SwitchoverAnyway, ///< likewise, though the two files or versions differ, or SAs are not copied
    MaintenanceOn,    ///< hands over first where it is active
    MaintenanceOff,
    Resume, ///< forgets faults and flaps
    Yield,  ///< hands over where it is active, for something here ends that it carries by; else there is nothing to do
};

/// A heartbeat came, authentic and not seen before (ha/replay.h). One that does not hand back this gateway's boot may have
/// been recorded before: it proves that somebody may be there, and an epoch; no more.
struct Heard {
    std::uint8_t path = 0;
    Heartbeat beat = {};
};
struct Tick {};
/// A heartbeat path's link went up or down: its silence from now on has a name. Decides nothing.
struct PathChanged {
    std::uint8_t path = 0;
    bool up = true;
};
struct HealthChanged {
    Health health = {};
};
struct ReplicationChanged {
    Replication replication = {};
};
struct EpochPersisted {
    Epoch epoch = {};
};
struct EpochNotPersisted { ///< disk full, read-only, broken
    Epoch epoch = {};
};
struct AddressesTaken {
    Epoch epoch = {};
};
struct AddressesNotTaken { ///< a hook failed, the cloud refused
    Epoch epoch = {};
};
/// All that Disarm and SendCounters asked for is done: nothing leaves this gateway in the pair's name.
struct Released {
    Epoch epoch = {};
};
struct FenceFailed {}; ///< the kernel refused ArmFence
/// The machine stood still, and its clock with it, as one that goes on meanwhile tells (boot time).
struct Woke {};
struct Commanded {
    Command command = Command::Switchover;
};

using Event =
    std::variant<Heard, Tick, PathChanged, HealthChanged, ReplicationChanged, ArbiterAnswer, EpochPersisted,
                 EpochNotPersisted, AddressesTaken, AddressesNotTaken, Released, FenceFailed, Woke, Commanded>;

} // namespace linkspan::ha
