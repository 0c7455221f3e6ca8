#pragma once

#include "base/ids.h"
#include "base/ip.h"
#include "base/secret.h"
#include "base/traffic_selector.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace linkspan::ike {

/// One CHILD configuration. Its name and its reqid are each unique within the gateway, and stay whatever happens to the
/// connection's other children.
struct ChildSpec {
    std::string name = {};
    Reqid reqid = {};
    std::vector<TrafficSelector> local_ts = {};
    std::vector<TrafficSelector> remote_ts = {};
    bool operator==(const ChildSpec&) const = default;
};

/// What charon is told about one connection: an IKE configuration with its CHILD configurations, which differ in their
/// traffic only. Policies are never charon's (`policies = no`).
struct ConnectionSpec {
    ConnectionName name = {};
    IpAddress local = {};
    IpAddress remote = {};
    std::string local_id = {};  ///< strongSwan notation; never empty
    std::string remote_id = {}; ///< "%any" where the peer may call itself anything
    std::vector<std::string> ike_proposals = {};
    std::vector<std::string> esp_proposals = {};
    std::vector<ChildSpec> children = {}; ///< never empty
    Mark mark = {};                       ///< mark_in and mark_out of the CHILD_SAs; 0 = none
    IfId if_id = {};                      ///< if_id_in and if_id_out; 0 = none
    std::chrono::seconds ike_rekey{14400};
    std::chrono::seconds child_rekey{3600};
    std::chrono::seconds dpd_delay{30};
    std::uint32_t replay_window = 128;
    bool force_encapsulation = false; ///< UDP even where no NAT is seen
    bool trap = true;                 ///< let an ACQUIRE of the kernel initiate (start = "always", "on-demand")
    std::shared_ptr<const Secret> psk = {};
};

/// Equal in all that charon is told, the PSK included.
[[nodiscard]] bool operator==(const ConnectionSpec& a, const ConnectionSpec& b);

[[nodiscard]] bool same_psk(const ConnectionSpec& a, const ConnectionSpec& b);

/// nullptr where the connection has no such child.
[[nodiscard]] const ChildSpec* find_child(const ConnectionSpec& spec, std::string_view name);

/// True where an IKE_SA made under `before` must not live on under `after`: addresses, identities, key, proposals, ids,
/// encapsulation or replay window differ. Lifetimes and DPD may differ: charon keeps for an SA what it was made with,
/// through all its rekeyings, and the next new one has what the file says. Children may differ: they are compared one
/// by one, and each CHILD_SA lives or dies for itself.
[[nodiscard]] bool needs_new_sa(const ConnectionSpec& before, const ConnectionSpec& after);

} // namespace linkspan::ike
