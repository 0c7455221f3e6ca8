#pragma once

#include "base/secret.h"
#include "config/ha.h"
#include "ha/state.h"
#include "nft/fence.h"
#include "pair/outside_settings.h"
#include "route/address_spec.h"

#include <filesystem>
#include <set>
#include <vector>

namespace linkspan::pair {

/// All that the pair's thread is made of. It is never changed: another file makes another pair.
struct Spec {
    ha::Settings settings = {};
    std::vector<config::HeartbeatPath> paths = {};
    std::uint16_t port = 0;
    config::HaNode self = config::HaNode::First;
    std::vector<route::AddressSpec> addresses = {}; ///< the shared ones
    std::filesystem::path state = {};               ///< where the epoch is kept
    std::filesystem::path segment_pipe = {};
    OutsideSpec outside = {};
    bool operator==(const Spec&) const = default;
};

[[nodiscard]] inline nft::FenceSpec fenced(const Spec& spec)
{
    nft::FenceSpec shared;
    for (const auto& address : spec.addresses) shared.insert(address.address.address);
    return shared;
}

} // namespace linkspan::pair
