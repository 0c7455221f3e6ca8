#pragma once

#include "config/config.h"
#include "config/document.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace linkspan::config {

/// A value and where it was written.
template <typename T>
struct At {
    T value = {};
    Span span = {};
};

/// What was written where, for checks that compare values. A span with line 0: the key is missing or its value was
/// refused already, so there is nothing to compare.
struct NatSpans {
    Span real = {};
    Span virt = {};
};

/// Of one of `nat.rules`.
struct RuleSpans {
    Span at = {}; ///< where it begins
    Span source = {};
    Span destination = {};
    Span protocol = {};
    Span port = {};
    Span source_to = {};
    Span destination_to = {};
    Span port_to = {};
    Span exclude = {};
};

struct ConnectionDraft {
    Connection connection = {};
    std::shared_ptr<const std::string> file = {};
    Span header = {};
    Span name = {};
    Span id = {};
    Span mode = {};
    Span selectors = {};
    bool has_local_subnets = false; ///< written, readable or not
    Span interface = {};
    Span device = {};
    Span peer = {};
    Span start = {};
    Span local_address = {};
    Span through = {};
    Span psk = {};
    bool has_psk = false; ///< readable or not, or mistyped
    Span keys = {};
    bool has_keys = false; ///< as has_psk
    Span key = {};
    X509Source x509 = {}; ///< goes into the connection once it is whole
    Span certificate = {};
    Span ca = {};
    Span remote_certificate = {};
    Span crl = {};
    Span revocation = {};
    Span local_id = {};
    Span remote_id = {};
    Span version = {};
    Span aggressive = {};
    Span child_bytes = {};
    Span child_packets = {};
    Span replay_window = {};
    std::vector<Span> ike_proposals = {}; ///< beside connection.ike_proposals; empty = the defaults
    std::vector<Span> esp_proposals = {}; ///< beside connection.esp_proposals; empty = the defaults
    Span ike_lifetime = {};
    Span child_lifetime = {};
    Span dpd_timeout = {};
    Span mtu = {};
    Span mss = {};
    Span probe = {};
    Span preempt = {};
    std::vector<Span> transit = {};          ///< beside connection.transit
    Span backup = {};                        ///< where its table begins
    Span nat = {};                           ///< likewise
    std::vector<NatSpans> nat_local = {};    ///< beside connection.nat.local
    std::vector<NatSpans> nat_remote = {};   ///< beside connection.nat.remote
    std::vector<RuleSpans> rules = {};       ///< beside connection.nat.rules
    std::vector<Span> local_subnets = {};    ///< beside connection.local_subnets
    std::vector<Span> remote_subnets = {};   ///< beside connection.remote_subnets
    std::vector<Span> tunnel_addresses = {}; ///< beside connection.tunnel_addresses
};

struct GatewayDraft {
    std::string name = {};
    std::shared_ptr<const std::string> file = {};
    Span header = {};
    At<LinkName> uplink = {};
    std::vector<At<IpAddress>> addresses = {};
    std::vector<At<LinkName>> lan = {};
};

struct IkeDraft {
    Ike ike = {};
    std::shared_ptr<const std::string> file = {};
    Span header = {};
};

struct EgressTagDraft {
    EgressTag tag = {};
    std::shared_ptr<const std::string> file = {};
    Span header = {};
    Span name = {};
    bool enabled = true;
    std::vector<Span> allow = {}; ///< beside tag.allow
    std::vector<Span> deny = {};  ///< beside tag.deny
    bool is_whole = true;         ///< every rule was readable, and no list has a mistyped name
};

struct EgressPolicyDraft {
    EgressPolicy policy = {};
    std::shared_ptr<const std::string> file = {};
    Span header = {};
    std::vector<Span> sources = {};      ///< beside policy.sources
    std::vector<Span> tags = {};         ///< beside policy.tags
    std::vector<Span> pass_through = {}; ///< beside policy.pass_through
};

/// [egress] of all files: the settings of one of them, the tags and policies of all.
struct EgressDraft {
    Egress egress = {}; ///< without tags and policies
    std::shared_ptr<const std::string> file = {};
    Span header = {};
    bool has_settings = false;
    bool has_resolvers = false; ///< readable or not
    std::vector<Span> resolvers = {};
    std::vector<Span> nat_addresses = {};
    std::vector<Span> private_answers = {};
    Span other_resolvers = {};
    Span nat = {};
    Span minimum_ttl = {};
    Span maximum_ttl = {};
    Span grace = {};
    Span limits = {};
    std::vector<EgressTagDraft> tags = {};
    std::vector<EgressPolicyDraft> policies = {};
};

struct HaDraft {
    Ha ha = {};
    std::shared_ptr<const std::string> file = {};
    Span header = {};
    bool has_first = false; ///< written, readable or not
    bool has_second = false;
    bool has_peer = false;
    std::vector<At<IpAddress>> first = {}; ///< one for each path
    std::vector<At<IpAddress>> second = {};
    std::vector<At<IpAddress>> peer = {};
    std::vector<Span> addresses = {}; ///< beside ha.addresses
    Span node = {};
    Span preferred = {};
    Span takeover = {};
    Span exec = {};
    Span aws = {};
    Span azure = {};
    Span arbiter = {};
    Span etcd = {};
    Span interval = {};
};

/// All files together, as far as they could be read.
struct Draft {
    std::optional<GatewayDraft> gateway = {};
    bool has_gateway = false; ///< some file has it, readable or not
    std::optional<IkeDraft> ike = {};
    std::optional<HaDraft> ha = {};
    std::vector<ConnectionDraft> connections = {};
    std::optional<EgressDraft> egress = {};
};

} // namespace linkspan::config
