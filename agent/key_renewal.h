#pragma once

#include "agent/rekeyer.h"
#include "service/loop.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace linkspan::agent {

/// After an unplanned takeover every key is renewed, for the SAs' counters jumped and a window of packets could be replayed.
/// A few at a time, and no more before charon has taken those up: thousands at once would drown the peers, and charon.
class KeyRenewal {
public:
    using Children = std::function<std::vector<std::uint64_t>()>;
    using Carries = std::function<bool()>;

    /// `children`: CHILD_SAs that are up, by charon's ids. `carries`: this gateway is the active one, and goes on with it.
    KeyRenewal(service::Loop& loop, Rekeyer& rekeyer, Children children, Carries carries)
        : loop_(loop), rekeyer_(rekeyer), children_(std::move(children)), carries_(std::move(carries))
    {
    }
    /// A little later: charon has to learn first that the SAs are its own, and what came in is more urgent.
    void begin();

private:
    void go_on(std::vector<std::uint64_t> rest);
    void order_some(std::vector<std::uint64_t>& rest);

    service::Loop& loop_;
    Rekeyer& rekeyer_;
    Children children_;
    Carries carries_;
    service::Loop::Source timer_;
};

} // namespace linkspan::agent
