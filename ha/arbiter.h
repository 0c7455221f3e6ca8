#pragma once

#include "ha/role.h"

#include <cstdint>
#include <variant>

namespace linkspan::ha {

/// What a third party keeps for the pair: whose tenure it is. `revision` is the arbiter's own number of this value
/// (etcd's mod_revision); 0 = nothing was ever written. It changes with every write, also of the same epoch.
struct ArbiterRecord {
    Epoch epoch = {};
    std::uint64_t revision = 0;
    bool operator==(const ArbiterRecord&) const = default;
};

/// Two questions suffice: what is there, and "put this there if it is still what I saw".
struct ReadRecord {
    bool operator==(const ReadRecord&) const = default;
};
struct WriteRecord {
    Epoch epoch = {};
    std::uint64_t expected = 0; ///< the revision it replaces; 0 = only if there is none
    bool operator==(const WriteRecord&) const = default;
};
using ArbiterRequest = std::variant<ReadRecord, WriteRecord>;

/// Read: what is there. Written: it is there, under this new revision. Refused: somebody was faster, and this is there.
/// Unreachable: nothing is known, not even whether a write took place.
enum class ArbiterVerdict : std::uint8_t { Read, Written, Refused, Unreachable };
struct ArbiterAnswer {
    std::uint64_t request = 0; ///< of AskArbiter
    ArbiterVerdict verdict = ArbiterVerdict::Unreachable;
    ArbiterRecord record = {}; ///< without meaning when unreachable
    bool operator==(const ArbiterAnswer&) const = default;
};

} // namespace linkspan::ha
