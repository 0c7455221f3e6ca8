#pragma once

#include "base/ids.h"
#include "base/ip.h"

#include <map>
#include <set>

namespace linkspan::nft {

/// What tells whose addresses a packet out of a tunnel link may bear.
struct Origins {
    std::map<ConnectionId, std::set<LinkName>> pairs = {}; ///< links of one connection, where it has two
    std::set<LinkName> named = {};                         ///< links that are not called "ls-" and something
    std::set<IpPrefix> without_link = {};                  ///< remote networks of policy mode; none within another
    bool operator==(const Origins&) const = default;
};

} // namespace linkspan::nft
