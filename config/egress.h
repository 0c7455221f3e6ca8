#pragma once

#include "base/egress_rule.h"
#include "base/ip.h"
#include "config/source_pos.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace linkspan::config {

enum class EgressMode {
    Enforce,  ///< what is not allowed is refused
    Discover, ///< everything passes; what is asked and used is kept, for a tag to be made of it
    Off,      ///< as if there were no [egress]
};

/// DNS in clear, port 53, from sources of a policy to somebody who is not among `resolvers`.
enum class OtherResolvers {
    Refuse,
    Redirect, ///< answered by the first resolver of the family
};

/// DNS that nobody can look into: over TLS or QUIC to port 853, over HTTPS to servers that are known for it.
enum class HiddenDns {
    Refuse, ///< whatever rules say
    ByRule, ///< like any other traffic
};

/// The name a client says itself, in TLS's ClientHello and in HTTP's Host.
enum class SniCheck {
    Require,   ///< a stream to port 443 or 80 that was let in by a name begins with one that the rules allow
    IfPresent, ///< one that is said is checked
    Off,
};

/// Destinations on the uplink's side that are private (egress/guard.h: inward_networks).
enum class PrivateRanges {
    ByRule, ///< rules on networks decide, like anywhere
    Pass,   ///< not egress: nothing is checked
};

/// The source address of what leaves.
enum class EgressNat {
    Off,        ///< as it is
    Masquerade, ///< the uplink's
    Address,    ///< `nat_addresses`
};

/// Bounds of what outsiders can make grow.
struct EgressLimits {
    std::uint32_t addresses = 100'000;          ///< pins of all clients together; from 1,000 to 1,000,000
    std::uint32_t addresses_per_client = 8'192; ///< from 16 to 100,000
    std::uint32_t addresses_per_answer = 256;   ///< from 1 to 1,024
    std::uint32_t questions_per_client = 1'024; ///< that wait for an answer; from 16 to 65,535
    std::uint32_t held = 4'096;                 ///< answers in the kernel's queue; more go on unread; from 64 to 65,535
    std::uint32_t log_rate = 10;                ///< entries of refusals a second; from 1 to 1,000
    bool operator==(const EgressLimits&) const = default;
};

/// A named list of rules. A tag that is not enabled is not here, nor in a policy.
struct EgressTag {
    std::string name = {};
    std::vector<EgressRule> allow = {};
    std::vector<EgressRule> deny = {}; ///< wins over every `allow` of a client's tags
    SourcePos pos = {};
};

/// What of a policy is refused that no rule is about.
enum class EgressDefault { Deny, Allow };

/// A host in the sources of several may use the tags and pass-through destinations of all of them; the `fallback` is that of
/// the longest prefix it is in, and no prefix stands in two policies of different fallbacks.
struct EgressPolicy {
    std::vector<IpPrefix> sources = {}; ///< at least one
    std::vector<std::string> tags = {};
    EgressDefault fallback = EgressDefault::Deny;
    std::vector<IpPrefix> pass_through = {}; ///< destinations where nothing is checked
    SourcePos pos = {};
};

/// `[egress]` with its tags and policies. Hosts in no policy are not its business.
struct Egress {
    EgressMode mode = EgressMode::Enforce;
    std::vector<IpAddress> resolvers = {}; ///< whose answers count; sources of policies may always ask them
    OtherResolvers other_resolvers = OtherResolvers::Refuse;
    HiddenDns dot = HiddenDns::Refuse;
    HiddenDns doh = HiddenDns::Refuse;
    SniCheck sni = SniCheck::IfPresent;
    EgressNat nat = EgressNat::Off;
    std::vector<IpAddress> nat_addresses = {}; ///< at most one of each family
    PrivateRanges private_ranges = PrivateRanges::ByRule;
    std::vector<IpPrefix> private_answers = {}; ///< private networks that names may lead to all the same
    std::chrono::seconds minimum_ttl{60};       ///< an address stays open for its TTL, within these two, ...
    std::chrono::seconds maximum_ttl{24 * 3600};
    std::chrono::seconds grace{0}; ///< ... and so much longer
    EgressLimits limits = {};
    std::vector<EgressTag> tags = {};        ///< in the order of the files
    std::vector<EgressPolicy> policies = {}; ///< likewise
    SourcePos pos = {};
};

} // namespace linkspan::config
