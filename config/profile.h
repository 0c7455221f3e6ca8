#pragma once

#include "base/proposal.h"
#include "config/config.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string_view>

namespace linkspan::config {

/// What a connection to one kind of peer means where its own keys say nothing. Lifetimes are when keys are renewed at the
/// latest: what the vendor calls the lifetime, so the renewal is ours even where the peer never begins one.
struct Profile {
    Vendor vendor = Vendor::Generic;
    std::string_view name;
    std::string_view peer; ///< for people
    Proposals ike_proposals = {};
    Proposals esp_proposals = {};
    std::chrono::seconds ike_lifetime{};
    std::chrono::seconds child_lifetime{};
    std::chrono::seconds dpd_delay{};
    Start start = Start::Always;
    NatTraversal nat_traversal = NatTraversal::Auto;
    std::uint32_t replay_window = 0;
    Ceilings ceilings = {};
};

/// In the order of Vendor.
inline constexpr std::array<std::string_view, 5> profile_names{"generic", "aws", "azure", "gcp", "aviatrix"};

/// The same object every time, so its proposals are parsed once and shared by all connections.
[[nodiscard]] const Profile& profile_of(Vendor vendor);

/// Gives every key of the connection that a profile knows and that is not `written` the profile's value.
void apply_profile(const Profile& profile, const std::function<bool(std::string_view key)>& written, Connection& to);

} // namespace linkspan::config
