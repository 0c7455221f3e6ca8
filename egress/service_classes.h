#pragma once

#include "base/egress_rule.h"

#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

namespace linkspan::egress {

/// A stretch of the line that all services lie on: the ports of TCP, then those of UDP, then ICMP of both families as one
/// point, then every other protocol as one point.
struct Stretch {
    std::uint32_t first = 0;
    std::uint32_t last = 0; ///< at least `first`
    auto operator<=>(const Stretch&) const = default;

    static constexpr std::uint32_t tcp = 0;        ///< + port
    static constexpr std::uint32_t udp = 0x1'0000; ///< + port
    static constexpr std::uint32_t icmp = 0x2'0000;
    static constexpr std::uint32_t other = 0x2'0001;
};

/// Where a service lies, rising and apart from each other.
[[nodiscard]] std::vector<Stretch> stretches_of(const Service& service);

/// Numbers of classes, rising.
using ClassSet = std::vector<std::uint16_t>;

/// The fewest sets of services of which every service of the rules is made, none overlapping another: what 80,443/tcp and
/// 443/tcp tell apart is port 80 and port 443. The kernel keeps one set of addresses for each class, so a packet asks
/// few sets and one look at each decides, however many rules there are; and what a rule denies can be taken out exactly.
struct ServiceClasses {
    std::vector<std::vector<Stretch>> classes = {};
    std::map<Service, ClassSet> of = {}; ///< what each service is made of
    bool operator==(const ServiceClasses&) const = default;
};

/// At most 65,535 classes; rules that tell more apart are refused where they are read.
[[nodiscard]] ServiceClasses classify(const std::set<Service>& services);

} // namespace linkspan::egress
