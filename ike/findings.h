#pragma once

#include "ike/connection_spec.h"

#include <map>
#include <string>
#include <vector>

namespace linkspan::ike {

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
