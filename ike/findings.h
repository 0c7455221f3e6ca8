#pragma once

#include "ike/connection_spec.h"
#include "ike/sa_view.h"

#include <map>
#include <string>
#include <vector>

namespace linkspan::ike {

/// A child of a connection with more than one CHILD_SA that carries traffic: both ends initiated at once. Harmless (the kernel
/// sends by the newest and takes all) and reported, not repaired: whatever one end deletes, the other may have kept.
/// charon itself refuses a second CHILD_SA within one IKE_SA, so an ACQUIRE that crosses an initiation makes none.
struct Duplicate {
    ConnectionName connection = {};
    std::vector<std::uint64_t> child_ids = {}; ///< unique ids of the CHILD_SAs, oldest first
    bool operator==(const Duplicate&) const = default;
};
[[nodiscard]] std::vector<Duplicate> find_duplicates(const SaView& view);

/// Two connections that charon cannot tell apart: it chooses a key by the two identities, and a configuration for a
/// peer's attempt by addresses and identities.
struct Ambiguity {
    ConnectionName first = {};
    ConnectionName second = {};
    std::string what = {};
    bool operator==(const Ambiguity&) const = default;
};
[[nodiscard]] std::vector<Ambiguity> find_ambiguities(const std::map<ConnectionName, ConnectionSpec>& connections);

} // namespace linkspan::ike
