#pragma once

#include "ha/arbiter.h"
#include "ha/heartbeat.h"

#include <chrono>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

namespace linkspan::ha {

/// What the world is to be told. They are carried out in their order; none may wait for the network. Every one may be
/// repeated, and is then without effect.

struct SendHeartbeat { ///< on every path
    Heartbeat beat = {};
};
struct ArmFence { ///< the kernel lets the pair's addresses emit for so long from now, whatever it let before
    std::chrono::nanoseconds lifetime{};
    bool operator==(const ArmFence&) const = default;
};
struct DisarmFence { ///< mute at once
    bool operator==(const DisarmFence&) const = default;
};
struct PersistEpoch { ///< the disk has this or a higher one afterwards; answered by EpochPersisted or EpochNotPersisted
    Epoch epoch = {};
    bool operator==(const PersistEpoch&) const = default;
};
struct AskArbiter { ///< answered by ArbiterAnswer, or never; a newer one makes an older one's answer worthless
    std::uint64_t request = 0;
    ArbiterRequest what = {};
    bool operator==(const AskArbiter&) const = default;
};
struct TakeAddresses { ///< answered by AddressesTaken or AddressesNotTaken; hooks are given the epoch
    Epoch epoch = {};
    bool operator==(const TakeAddresses&) const = default;
};
struct ReleaseAddresses { ///< after the peer was told that it may carry; until then they only receive
    Epoch epoch = {};
    bool operator==(const ReleaseAddresses&) const = default;
};
struct
    JumpCounters { ///< `exact`: the peer has handed over its last ones, where they have come they are used as they are
    bool exact = false;
    bool operator==(const JumpCounters&) const = default;
};
struct SendCounters { ///< read after the fence is down, so they are the last ones of this tenure; answered by Released
    Epoch epoch = {};
    bool operator==(const SendCounters&) const = default;
};
struct TakeSegment { ///< charon's ha plugin: these IKE_SAs are ours
    bool operator==(const TakeSegment&) const = default;
};
struct DropSegment {
    bool operator==(const DropSegment&) const = default;
};
struct RekeyAll { ///< in the background: new keys end what a jump and a replayed window left open
    bool operator==(const RekeyAll&) const = default;
};
struct Announce { ///< GARP and unsolicited NA, or the cloud's like
    bool operator==(const Announce&) const = default;
};

/// Why something happened, or did not. The text is in describe.h.
enum class Cause : std::uint8_t {
    Started,
    PeerSilent,  ///< claims: nothing was heard for detect()
    PeerGaveWay, ///< claims: the peer is there and does not carry
    PeerAsked,   ///< claims or hands over: the peer wants it so
    PersonAsked,
    Leaves,             ///< hands over: the agent is stopped, or charon ends
    Preempted,          ///< the preferred gateway takes over again
    Granted,            ///< active: the peer has given way
    PeerHasHigherEpoch, ///< gives way
    PeerDoesNotHear,    ///< stops: the peer hears nothing from us and will take over
    NoVote,             ///< stops, or does not claim: neither the peer nor the arbiter vouches for it
    ArbiterRefused,     ///< somebody else has the tenure
    StoodStill,         ///< stops: what happened meanwhile is not known
    Unfit,
    FitAgain,
    EpochNotWritten,
    FenceNotArmed,
    AddressesNotTaken,
    AddressesTakenByNeither, ///< carries on: the peer could not take them either
    Maintenance,
    MaintenanceOver,
    ClaimCalledOff,    ///< the peer is there after all
    HandOverCalledOff, ///< the peer did not take it within Timing::patience
    RefusedNoStandby,  ///< a command: nobody could take over
    RefusedDiffers,    ///< a command: the files or versions differ
    RefusedNotCopied,  ///< a command: the standby could not go on with all SAs
    RefusedNotHere,    ///< a command that means nothing in this role
    Flapping,          ///< waits: Timing::flap_limit is reached
    ConfigDiffers,     ///< said once for each change
    VersionDiffers,
    SameNode,  ///< the peer claims to be the same gateway of the pair as we are
    TwoActive, ///< heard while active ourselves; the lower epoch gives way
    PeerBack,  ///< heard again
    PeerLost,
    PathSilent, ///< one of two paths
    PathBack,
};
[[nodiscard]] std::string_view word_of(Cause cause); ///< "peer-silent"

struct Note {
    Cause cause = Cause::Started;
    Role from = Role::Init;
    Role to = Role::Init; ///< the same where the role does not change
    Epoch epoch = {};
    bool operator==(const Note&) const = default;
};

using Action =
    std::variant<SendHeartbeat, ArmFence, DisarmFence, PersistEpoch, AskArbiter, TakeAddresses, ReleaseAddresses,
                 JumpCounters, SendCounters, TakeSegment, DropSegment, RekeyAll, Announce, Note>;
using Actions = std::vector<Action>;

} // namespace linkspan::ha
