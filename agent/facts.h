#pragma once

#include "base/ids.h"
#include "base/ip.h"
#include "base/secret.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace linkspan::agent {

/// How the gateway reaches a peer outside any tunnel: the link, and the next hop where there is one.
struct Path {
    LinkName link = {};
    std::optional<IpAddress> gateway = {};
    bool host_route = false; ///< somebody already pinned the peer with a host route: ours is not needed
    bool operator==(const Path&) const = default;
};

/// A pre-shared key as it could, or could not, be read.
struct SecretFact {
    std::shared_ptr<const Secret> secret = {}; ///< null: `error` says why
    std::string error = {};
};

/// What the world tells us, as far as `compile` depends on it. A new address of the uplink, a lost path, a `down` by a
/// person: all are the same thing, new Facts, and the same code runs again.
struct Facts {
    std::map<Family, IpAddress> uplink_address = {}; ///< the first global one; the last known while there is none
    std::uint32_t uplink_mtu = 1500;                 ///< bytes
    std::vector<IpAddress> own_addresses = {};       ///< on links that are not ours
    std::map<IpAddress, Path> peer_paths = {};       ///< by foreign routes only
    std::set<ConnectionName> held_down = {};         ///< by `linkspan down`
    std::map<ConnectionName, SecretFact> secrets = {};
};

} // namespace linkspan::agent
