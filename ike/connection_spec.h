#pragma once

#include "base/ids.h"
#include "base/ip.h"
#include "base/proposal.h"
#include "base/secret.h"
#include "base/traffic_selector.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace linkspan::ike {

enum class Fragmentation { Yes, No, Force };

/// What the SAs of a connection do, apart from their ciphers.
struct SaHandling {
    std::uint64_t rekey_bytes = 0;   ///< 0 = no limit
    std::uint64_t rekey_packets = 0; ///< 0 = before its numbers come to their end
    std::string copy_dscp = "out";   ///< "out", "in", "yes", "no"
    bool copy_df = true;
    bool copy_ecn = true;
    bool operator==(const SaHandling&) const = default;
};

/// Authentication by certificates, all of them DER.
struct X509 {
    std::string certificate = {};
    std::vector<std::string> intermediates = {}; ///< ours, to be sent along
    std::vector<std::string> ca = {};    ///< one of them must vouch for the peer; empty only with `remote_certificate`
    std::string remote_certificate = {}; ///< the only one the peer may show; empty = any that `ca` vouches for
    std::vector<std::string> crls = {};
    std::string revocation = "relaxed";     ///< "strict", "ifuri", "relaxed"
    std::shared_ptr<const Secret> key = {}; ///< of `certificate`, PEM or DER
};
[[nodiscard]] bool operator==(const X509& a, const X509& b);

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
    IpAddress remote = {};     ///< unspecified: any; then it is the peer that initiates
    std::uint32_t version = 2; ///< 1 or 2
    bool aggressive = false;   ///< version 1 only
    Fragmentation fragmentation = Fragmentation::Yes;
    std::uint8_t dscp = 0;      ///< of IKE packets
    std::string local_id = {};  ///< strongSwan notation; never empty
    std::string remote_id = {}; ///< "%any" where the peer may call itself anything
    Proposals ike_proposals = {};
    Proposals esp_proposals = {};
    std::vector<ChildSpec> children = {}; ///< never empty
    Mark mark = {};                       ///< mark_in and mark_out of the CHILD_SAs; 0 = none
    IfId if_id = {};                      ///< if_id_in and if_id_out; 0 = none
    std::chrono::seconds ike_rekey{14400};
    std::chrono::seconds child_rekey{3600};
    std::chrono::seconds dpd_delay{30};
    std::uint32_t replay_window = 128;
    bool force_encapsulation = false; ///< UDP even where no NAT is seen
    bool trap = true;                 ///< let an ACQUIRE of the kernel initiate (start = "always", "on-demand")
    SaHandling sa = {};
    std::shared_ptr<const Secret> psk = {};
    std::shared_ptr<const X509> x509 = {}; ///< in place of the PSK
};

/// Equal in all that charon is told, PSK and certificates included.
[[nodiscard]] bool operator==(const ConnectionSpec& a, const ConnectionSpec& b);

[[nodiscard]] bool same_psk(const ConnectionSpec& a, const ConnectionSpec& b);
[[nodiscard]] bool same_x509(const ConnectionSpec& a, const ConnectionSpec& b);

/// nullptr where the connection has no such child.
[[nodiscard]] const ChildSpec* find_child(const ConnectionSpec& spec, std::string_view name);

/// True where an IKE_SA made under `before` must not live on under `after`: addresses, identities, key, proposals, ids,
/// encapsulation, replay window or what is copied between headers differ. Lifetimes, DPD, fragmentation and DSCP of IKE
/// and a new certificate for the same identity may differ: charon keeps for an SA what it was made with, through all its
/// rekeyings, and the next new one has what the file says. Children may differ: they are compared one by one, and each
/// CHILD_SA lives or dies for itself.
[[nodiscard]] bool needs_new_sa(const ConnectionSpec& before, const ConnectionSpec& after);

} // namespace linkspan::ike
