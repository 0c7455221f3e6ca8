#pragma once

#include "base/error.h"
#include "ike/client.h"
#include "ike/sa_view.h"

#include <set>
#include <string>

namespace linkspan::ike {

/// What charon has. Its socket is ours alone, so all of it is ours.
struct Observed {
    std::string version = {};                ///< charon's own words, "charon 5.9.8"
    std::set<std::string> loaded = {};       ///< connections
    std::set<std::string> keys = {};         ///< ids of shared keys
    std::set<std::string> private_keys = {}; ///< ids that charon made of the keys
    SaView sas = {};
    bool operator==(const Observed&) const = default;
};

[[nodiscard]] Result<Observed> observe(Client& client);

/// The SAs alone.
[[nodiscard]] Result<SaView> observe_sas(Client& client);
/// Those of one connection.
[[nodiscard]] Result<SaView> observe_sas_of(Client& client, const ConnectionName& connection);

} // namespace linkspan::ike
