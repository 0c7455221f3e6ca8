#pragma once

#include "base/ids.h"
#include "base/ip.h"
#include "base/path.h"

#include <compare>
#include <cstdint>
#include <optional>
#include <tuple>

namespace linkspan::xfrm {

enum class Direction : std::uint8_t { In = 0, Out = 1, Forward = 2 }; ///< values are XFRM_POLICY_*

/// What a policy does. The block twin has the selector of its protect policy but a lower precedence, so a packet that
/// finds no protect policy (being changed, deleted by hand) is dropped, not sent in the clear. A bypass lets through what
/// a protect policy with a wide selector (0.0.0.0/0) would take along: our own networks' traffic among themselves.
enum class Role : std::uint8_t { Protect, Block, Bypass };

/// What makes a policy one policy in the kernel.
struct PolicyKey {
    Direction direction = Direction::Out;
    Role role = Role::Protect;
    IpPrefix source = {};
    IpPrefix destination = {};
    Mark mark = {};                     ///< 0 = none; in policy mode a path, under its mask
    IfId if_id = {};                    ///< 0 = none
    std::uint8_t protocol = 0;          ///< IANA number; 0 = all
    std::uint16_t source_port = 0;      ///< 0 = all
    std::uint16_t destination_port = 0; ///< 0 = all

    /// A policy of a connection in policy mode: found by what is in the packet, not by a tunnel link.
    [[nodiscard]] bool is_plain() const { return if_id.value == 0 && (mark.value == 0 || has_path()); }
    /// Only for packets whose session belongs to one of the connection's two tunnels.
    [[nodiscard]] bool has_path() const { return is_policy_path(mark); }

    bool operator==(const PolicyKey&) const = default;
    /// Ids first: they alone tell most policies apart, where comparing prefixes first would cost twice the dump.
    std::strong_ordering operator<=>(const PolicyKey& other) const
    {
        const auto order = [](const PolicyKey& key) {
            return std::tie(key.if_id, key.mark, key.direction, key.role, key.source, key.destination, key.protocol,
                            key.source_port, key.destination_port);
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

/// Our priorities: lower wins. They are ours alone, so a policy with another priority is foreign. Protect and Bypass beat
/// what charon would compute for any selector (never below 200,000); Block loses to everybody.
inline constexpr std::uint32_t protect_priority = 0x0001'6c73; ///< of policies that a tunnel link finds
inline constexpr std::uint32_t block_priority = 0xf000'6c73;

/// Plain policies overlap, and the kernel takes the lowest number, then the oldest. So the number says how narrow the
/// selector is: the longer remote network first, then the longer local one, then protocol and ports; of equally
/// narrow ones that of a path comes first and Bypass last. Within [plain_priority_first, plain_priority_last].
inline constexpr std::uint32_t plain_priority_first = 100'000;
inline constexpr std::uint32_t plain_priority_last = plain_priority_first + 129 * 129 * 6 - 1;
static_assert(plain_priority_first > protect_priority && plain_priority_last < 200'000);

/// The one priority that a policy of ours at this key has.
[[nodiscard]] std::uint32_t priority_of(const PolicyKey& key);

} // namespace linkspan::xfrm
