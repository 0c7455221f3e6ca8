#pragma once

#include "base/ids.h"
#include "base/ip.h"

#include <map>
#include <set>

namespace linkspan::nft {

/// Of one connection that bears others: what its tunnel, or the two of it and its backup, lead to.
struct Bearer {
    ConnectionId id = {};
    std::set<LinkName> links = {};
    std::set<IpAddress> peers = {}; ///< of the connections through it
    bool operator==(const Bearer&) const = default;
};

/// By the name of the connection that bears.
using Nested = std::map<ConnectionName, Bearer>;

} // namespace linkspan::nft
