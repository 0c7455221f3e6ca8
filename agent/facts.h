#pragma once

#include "agent/failover.h"
#include "agent/peer_names.h"
#include "base/ids.h"
#include "base/ip.h"
#include "base/secret.h"
#include "config/static_keys.h"
#include "config/x509_files.h"
#include "route/fate.h"
#include "route/underlay.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace linkspan::agent {

/// A connection's pre-shared key, certificates or static keys as they could, or could not, be read.
struct SecretFact {
    std::shared_ptr<const Secret> secret = {};
    std::string error = {}; ///< why none of them is there
    std::shared_ptr<const config::X509Files> x509 = {};
    std::shared_ptr<const config::StaticKeys> keys = {};
};

/// Somebody else's route to what a connection takes for the other side's.
struct ForeignRouteFact {
    IpPrefix destination = {};
    route::Fate fate = route::Fate::Past; ///< of its packets
    std::string text = {};
    bool operator==(const ForeignRouteFact&) const = default;
};

/// Of two gateways with shared addresses, which one this is. Alone: it is none of two.
enum class PairRole : std::uint8_t { Alone, Standby, Active };

/// What the world tells us, as far as `compile` depends on it. A new address of the uplink, a lost path, a `down` by a
/// person: all are the same thing, new Facts, and the same code runs again.
struct Facts {
    std::map<Family, IpAddress> uplink_address = {}; ///< the first global one; the last known while there is none
    std::uint32_t uplink_mtu = 1500;                 ///< bytes
    std::vector<IpAddress> own_addresses = {};       ///< on links that are not ours
    std::map<Family, bool> forwarding = {};          ///< does the host forward packets of this family?
    std::map<IpAddress, route::UnderlayPath> peer_paths = {}; ///< by foreign routes only
    /// Foreign routes to parts of a connection's remote subnets, and to the whole of those that its mapped NAT made up.
    std::map<ConnectionName, std::vector<ForeignRouteFact>> foreign_inside = {};
    /// Networks of `nat` that only the other side should know, and foreign routes lead to: here they are somebody else's.
    std::set<IpPrefix> real_elsewhere = {};
    std::set<ConnectionName> held_down = {}; ///< by `linkspan down`
    OnBackup on_backup = {};                 ///< connections whose backup carries the traffic
    std::set<ConnectionName> living =
        {}; ///< of the connections with a backup, and those backups: the tunnels that carry
    std::map<ConnectionName, SecretFact> secrets = {};
    PairRole pair = PairRole::Alone;
    KnownPeers peers = {}; ///< of those that the file has by name
    /// Certificates that are, at present, out of their time or near its end.
    std::map<ConnectionName, std::vector<config::Expiry>> expiries = {};
};

} // namespace linkspan::agent
