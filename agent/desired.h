#pragma once

#include "config/config.h"
#include "egress/rules.h"
#include "ike/connection_spec.h"
#include "nft/egress_spec.h"
#include "nft/nat_spec.h"
#include "nft/paths_spec.h"
#include "nft/rules_spec.h"
#include "nft/spec.h"
#include "route/address_spec.h"
#include "route/route_spec.h"
#include "route/rule_spec.h"
#include "vti/spec.h"
#include "xfrm/policy_spec.h"
#include "xfrm/static_state.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace linkspan::agent {

/// Why a connection cannot be made whole at present. It is reported; what protects the connection is desired anyway.
struct Problem {
    ConnectionName connection = {};
    std::string object = {};
    std::string why = {};
    bool operator==(const Problem&) const = default;
};

/// A probe inside a tunnel, and by which way it goes.
struct ProbeSpec {
    config::Probe probe = {};
    std::uint16_t identifier = 0; ///< of its echo requests
    LinkName device = {};         ///< the tunnel's; empty in policy mode
    std::optional<IpAddress> source = {};
    std::optional<xfrm::Template> protect = {}; ///< in policy mode: what requests leave by
    /// In policy mode, where another tunnel could bring answers: what they are marked with (base/path.h). Else 0.
    Mark path = {};
    bool operator==(const ProbeSpec&) const = default;
};

/// What the kernel and charon should hold: the value of the files under the present Facts.
struct Desired {
    std::map<LinkName, vti::Spec> links = {};
    std::vector<route::AddressSpec> addresses = {};
    /// Addresses of a pair: on the active gateway's links they stay, and on no other they are; the pair's own thread puts
    /// them there and takes them away, and nobody else does.
    std::vector<route::AddressSpec> shared = {};
    std::vector<route::RouteSpec> routes = {};
    std::vector<route::RuleSpec> rules = {};
    std::map<xfrm::PolicyKey, xfrm::PolicySpec> policies = {};
    std::map<xfrm::StateKey, xfrm::StateSpec> states = {}; ///< of connections with static keys
    nft::Spec nft = {};
    nft::Nat nat = {};
    nft::Paths paths = {};
    nft::Egress egress = {};
    std::shared_ptr<const egress::Rules> tap = {}; ///< what packets are judged by here; none: nobody listens
    nft::Rules nat_rules = {};
    std::map<ConnectionName, ike::ConnectionSpec> ike = {};
    std::set<ConnectionName> keep_up = {}; ///< connections that the agent initiates by itself
    std::set<Reqid> ended = {};            ///< of connections that are disabled or held down: none of their SAs stays
    std::map<ConnectionName, ProbeSpec> probes = {};
    bool passive =
        false; ///< a standby: everything is ready, and charon's SAs are the other gateway's to begin and to end
    std::vector<Problem> problems = {};
    std::vector<Problem> warnings = {}; ///< `why` only; nothing is out of order
};

} // namespace linkspan::agent
