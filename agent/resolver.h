#pragma once

#include "agent/peer_names.h"
#include "base/clock.h"
#include "service/loop.h"

#include <functional>
#include <map>
#include <memory>
#include <set>

namespace linkspan::agent {

/// Resolves the peers' names by the servers of /etc/resolv.conf and by /etc/hosts, without ever waiting for an answer: asks
/// again when their time to live is over. Only resolver.cpp knows that it is c-ares. Does not move: the loop holds its address.
class Resolver {
public:
    Resolver(service::Loop& loop, std::function<void()> changed);
    ~Resolver();
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

    /// Names that were there before keep what they know.
    void follow(const std::set<PeerName>& names);
    [[nodiscard]] KnownPeers known() const;

private:
    struct Asking; ///< a question under way
    struct Name {
        KnownPeer known = {};
        service::Loop::Source due = {};
        std::shared_ptr<Asking> asking = {}; ///< shared with nobody
    };
    void ask(const PeerName& name);
    void finish(const PeerName& name);

    service::Loop& loop_;
    std::function<void()> changed_;
    std::map<PeerName, Name> names_;
};

} // namespace linkspan::agent
