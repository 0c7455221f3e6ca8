#pragma once

#include "egress/guard.h"
#include "egress/name_gate.h"
#include "egress/policy.h"
#include "egress/snoop.h"

#include <map>
#include <string>
#include <vector>

namespace linkspan::egress {

/// Destinations that some sources reach unchecked.
struct Pass {
    std::vector<IpPrefix> sources = {};
    std::vector<IpPrefix> destinations = {};
    auto operator<=>(const Pass&) const = default;
};

/// What the tap goes by. The kernel's table has its own part of the same file.
struct Rules {
    SharedPolicy policy = {};
    Guard guard{{}, {}};
    Snoop::Limits limits = {};
    NameCheck names = NameCheck::Off;
    bool discover = false;
    std::uint32_t held = 4'096;         ///< packets in a queue of the kernel
    std::map<IpPrefix, bool> open = {}; ///< sources -> what no rule is about passes; the longest prefix decides
    std::vector<IpAddress> resolvers = {};
    std::vector<Pass> pass = {};
    bool operator==(const Rules&) const = default;
};

/// Of a class of services, from what it is made of and how many pins there may be: 14 hexadecimal digits. The same services
/// have the same name whatever other rules there are. A set of the kernel's cannot grow, so room for more is another name.
[[nodiscard]] std::string name_of(const std::vector<Stretch>& service_class, std::size_t most_pins);

} // namespace linkspan::egress
