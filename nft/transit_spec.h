#pragma once

#include "base/ids.h"

#include <map>
#include <set>
#include <vector>

namespace linkspan::nft {

/// What packets of a connection (and of its backup) are known by in the forward hook.
struct Ends {
    std::set<LinkName> links = {};
    std::set<Reqid> reqids = {}; ///< of connections in policy mode, which have no link
    [[nodiscard]] bool empty() const { return links.empty() && reqids.empty(); }
    bool operator==(const Ends&) const = default;
};

/// What may be forwarded out of one connection into others. All other forwarding between connections, and out of one
/// into itself, is dropped.
struct Transit {
    ConnectionName name = {};
    std::vector<ConnectionName> into = {}; ///< for people: whose ends are in `begins`
    Ends from = {};
    Ends begins = {};  ///< packets of any session may go there
    Ends answers = {}; ///< only answers to sessions that began there
    bool operator==(const Transit&) const = default;
};
using Transits = std::map<ConnectionId, Transit>;

} // namespace linkspan::nft
