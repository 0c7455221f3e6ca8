#pragma once

#include "base/ids.h"
#include "base/ip.h"
#include "base/proposal.h"
#include "base/secret.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace linkspan::ike {

/// What charon is told about one connection: an IKE configuration with one CHILD configuration of the same name.
/// Policies are never charon's (`policies = no`).
struct ConnectionSpec {
    ConnectionName name = {};
    IpAddress local = {};
    IpAddress remote = {};
    std::string local_id = {};  ///< strongSwan notation; never empty
    std::string remote_id = {}; ///< "%any" where the peer may call itself anything
    Proposals ike_proposals = {};
    Proposals esp_proposals = {};
    std::vector<IpPrefix> local_ts = {};
    std::vector<IpPrefix> remote_ts = {};
    Reqid reqid = {};
    Mark mark = {};  ///< mark_in and mark_out of the CHILD_SA; 0 = none
    IfId if_id = {}; ///< if_id_in and if_id_out; 0 = none
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

/// True where an SA made under `before` must not live on under `after`: addresses, identities, key, proposals, traffic
/// selectors, ids, encapsulation or replay window differ. Lifetimes and DPD may differ: charon keeps for an SA what it
/// was made with, through all its rekeyings, and the next new one has what the file says.
[[nodiscard]] bool needs_new_sa(const ConnectionSpec& before, const ConnectionSpec& after);

} // namespace linkspan::ike
