#pragma once

#include "agent/step.h"
#include "base/error.h"
#include "ike/observe.h"
#include "nft/egress_observe.h"
#include "nft/nat_observe.h"
#include "nft/observe.h"
#include "route/observe.h"
#include "vti/observe.h"
#include "xfrm/observe.h"
#include "xfrm/static_state.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace linkspan::agent {

/// A room that could not be looked into.
struct Blind {
    Room room = Room::Links;
    Error error = {};
};

/// What the kernel and charon hold. A room that was not asked for, or could not be read, is absent: nothing is planned
/// for it, so nothing is done on a guess.
struct Observed {
    std::optional<vti::Observed> links = {};
    std::map<Family, bool> forwarding = {}; ///< goes with the links
    std::optional<route::Observed> routes = {};
    std::optional<xfrm::Policies> policies = {};
    std::optional<nft::Observed> clamp = {};
    std::optional<nft::NatTable> nat = {};
    std::optional<nft::ObservedPaths> paths = {};
    std::optional<nft::EgressTable> egress = {};
    std::optional<nft::RulesTable> nat_rules = {};
    std::optional<std::vector<xfrm::ObservedState>> states = {}; ///< read without charon, too
    xfrm::KnownCounters counters = {}; ///< go with the states: what static SAs may have used, from before a restart too
    std::optional<ike::Observed> ike = {};
    std::chrono::seconds apart{0}; ///< from before the states were read until charon had answered
    std::uint64_t at = 0;          ///< when, in seconds since the epoch
    std::vector<Blind> blind = {};
};

/// The kernel and charon, as the reconciler sees them: a dump, and effects.
class World {
public:
    virtual ~World() = default;
    [[nodiscard]] virtual Observed observe(Rooms rooms) = 0;
    /// Reads again what `steps` touched, and nothing more where the kernel can be asked for single objects.
    virtual void refresh(Observed& observed, std::span<const Step> steps) = 0;
    /// One Result a step, in order. A failed step does not keep the others from being tried.
    [[nodiscard]] virtual std::vector<Result<>> apply(std::span<const Step> steps) = 0;
    /// What this agent has loaded into the charon it is connected to; empty while there is none.
    [[nodiscard]] virtual const ike::Ledger& ledger() const = 0;
};

} // namespace linkspan::agent
