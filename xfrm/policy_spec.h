#pragma once

#include "base/ids.h"
#include "base/ip.h"

#include <compare>
#include <cstdint>
#include <optional>
#include <tuple>

namespace linkspan::xfrm {

enum class Direction : std::uint8_t { In = 0, Out = 1, Forward = 2 }; ///< values are XFRM_POLICY_*

/// A policy does one of two things. The block twin has the selector of its protect policy but a lower precedence, so
/// a packet that finds no protect policy (being changed, deleted by hand) is dropped, not sent in the clear.
enum class Role : std::uint8_t { Protect, Block };

/// What makes a policy one policy in the kernel.
struct PolicyKey {
    Direction direction = Direction::Out;
    Role role = Role::Protect;
    IpPrefix source = {};
    IpPrefix destination = {};
    Mark mark = {};  ///< 0 = none
    IfId if_id = {}; ///< 0 = none

    bool operator==(const PolicyKey&) const = default;
    /// Ids first: they alone tell most policies apart, where comparing prefixes first would cost twice the dump.
    std::strong_ordering operator<=>(const PolicyKey& other) const
    {
        const auto order = [](const PolicyKey& key) {
            return std::tie(key.if_id, key.mark, key.direction, key.role, key.source, key.destination);
        };
        return order(*this) <=> order(other);
    }
};

/// The one template of a protect policy: ESP, tunnel mode, required.
struct Template {
    IpAddress source = {};
    IpAddress destination = {};
    Reqid reqid = {};
    bool operator==(const Template&) const = default;
};

struct PolicySpec {
    PolicyKey key = {};
    std::optional<Template> protect = {}; ///< present exactly for Role::Protect
    ConnectionName connection = {};       ///< not in the kernel; not compared with what is observed
    bool operator==(const PolicySpec&) const = default;
};

/// Our priorities: lower wins. Both are ours alone, so a policy with another priority is foreign. Protect beats what
/// charon would compute for any selector (never below 200,000); Block loses to everybody.
inline constexpr std::uint32_t protect_priority = 0x0001'6c73;
inline constexpr std::uint32_t block_priority = 0xf000'6c73;

} // namespace linkspan::xfrm
