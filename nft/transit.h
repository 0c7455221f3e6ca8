#pragma once

#include "base/ids.h"

#include <map>
#include <set>
#include <string>
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

/// A chain of ours beside `forward` and `postrouting`, and its rules in order.
struct TransitChain {
    std::string name = {};
    std::string hook = {}; ///< empty: other chains jump to it
    std::vector<std::string> rules = {};
};

/// In the order in which they are created: whoever is jumped to comes first. What a packet costs does not depend on the
/// number of connections: each decision is one look into a hash table.
[[nodiscard]] std::vector<TransitChain> transit_chains(const Transits& transits);

/// "spoke-a -> spoke-b, spoke-c; hub -> spoke-a", or "none".
[[nodiscard]] std::string describe(const Transits& transits);

} // namespace linkspan::nft
