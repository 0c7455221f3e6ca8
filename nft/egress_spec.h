#pragma once

#include "base/egress_rule.h"
#include "base/ids.h"
#include "base/ip.h"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace linkspan::nft {

/// The part of conntrack's mark that is ours, and what it says of a session; the other bits are everybody's.
inline constexpr std::uint32_t egress_mark_mask = 0x3000'0000;
inline constexpr std::uint32_t egress_mark_allowed = 0x1000'0000; ///< decided: its packets pass
inline constexpr std::uint32_t egress_mark_asked = 0x3000'0000;   ///< its name has not been seen yet
inline constexpr std::uint32_t egress_mark_revoked = 0x2000'0000; ///< the rule that let it in is gone
/// What those have in common that go on, and the third has not: the kernel finds them in one walk.
inline constexpr std::uint32_t egress_mark_open = egress_mark_allowed & egress_mark_asked;
static_assert((egress_mark_revoked & egress_mark_open) == 0);

/// Packets that came to the client's side of the queue of answers: let go out of it, or never held.
inline constexpr const char* egress_answers_counter = "answers";

/// Numbers of queues and log groups, of which a host has one space each.
inline constexpr std::uint16_t egress_answer_queue = 5300; ///< held until their addresses are in the sets
inline constexpr std::uint16_t egress_name_queue = 5301;   ///< streams that have not said their name yet
inline constexpr std::uint16_t egress_question_group = 5300;
inline constexpr std::uint16_t egress_refusal_group = 5301;
inline constexpr std::uint16_t egress_discovery_group = 5302;

/// A class of services (egress/service_classes) and the pair of sets with its pins. Its name follows from its services, so
/// it keeps its pins whatever other rules come and go.
struct PinClass {
    std::string name = {}; ///< hexadecimal digits
    std::vector<PortRange> tcp = {};
    std::vector<PortRange> udp = {};
    bool icmp = false;
    bool other = false; ///< every protocol but TCP, UDP and ICMP
    auto operator<=>(const PinClass&) const = default;
};
[[nodiscard]] std::string pin_set(const std::string& pin_class, Family family);

/// What a tag says about networks, and who may use it.
struct TagNetworks {
    std::vector<IpPrefix> sources = {};
    std::map<Service, std::vector<IpPrefix>> allow = {};
    std::map<Service, std::vector<IpPrefix>> deny = {};
    auto operator<=>(const TagNetworks&) const = default;
};

/// Destinations that some sources reach unchecked.
struct PassThrough {
    std::vector<IpPrefix> sources = {};
    std::vector<IpPrefix> destinations = {};
    auto operator<=>(const PassThrough&) const = default;
};

enum class NameCheck : std::uint8_t { Off, IfPresent, Require };

/// The table `inet linkspan_egress`: what hosts behind the gateway may reach. Where `sources` is empty there is no table.
struct Egress {
    bool discover = false;              ///< everything passes, and is told
    LinkName uplink = {};               ///< where addresses are translated
    std::vector<LinkName> inside = {};  ///< what leaves there is not egress
    std::vector<IpPrefix> sources = {}; ///< whose packets are judged
    std::map<IpPrefix, bool> open = {}; ///< sources -> what no rule is about passes; the longest prefix decides
    std::vector<IpAddress> resolvers = {};
    std::map<Family, IpAddress> redirect = {}; ///< who answers what is asked of other resolvers; none: that is refused
    bool refuse_dot = true;
    std::vector<IpPrefix> refused_doh = {}; ///< known servers of DNS over HTTPS
    std::vector<IpPrefix> unchecked = {};   ///< destinations that are nobody's business here
    std::vector<PassThrough> pass = {};
    std::map<std::string, TagNetworks> tags = {}; ///< those that say something about networks
    std::vector<PinClass> classes = {};
    NameCheck names = NameCheck::Off;
    bool masquerade = false;
    std::map<Family, IpAddress> snat = {};
    std::uint32_t log_rate = 10;      ///< refusals a second
    std::uint32_t set_size = 200'000; ///< pins of one class and family
    bool holds = true; ///< false: the kernel has no `queue`, answers pass unseen and names unchecked (tests only)
    bool operator==(const Egress&) const = default;
};

} // namespace linkspan::nft
