#pragma once

#include "base/ip.h"
#include "netlink/message.h"

#include <linux/netlink.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>

namespace linkspan::nft {

inline constexpr std::string_view fence_table = "linkspan_fence";
/// UDP, of charon's ha plugin; fixed in strongSwan.
inline constexpr std::uint16_t plugin_port = 4510;

/// One of the sets of what is lifted.
struct FenceSet {
    std::uint8_t table_family = 0;     ///< NFPROTO_INET or NFPROTO_ARP
    std::optional<Family> family = {}; ///< of the addresses in it; none: it is for `plugin_port`
    std::string_view name = {};
    bool operator==(const FenceSet&) const = default;
};
[[nodiscard]] const std::array<FenceSet, 4>& fence_sets();

/// Would anything of these be in the set?
[[nodiscard]] bool concerns(const FenceSet& set, const std::set<IpAddress>& addresses);

/// Puts the addresses of the set's family into it for `time`, or takes them out. An element that is there keeps its time
/// when it is put in again (docs/kernel-facts.md), so it is taken out before; and taking out what is not there fails the
/// whole transaction, so it is put in before that.
void encode_lift(const FenceSet& set, const std::set<IpAddress>& addresses, std::chrono::milliseconds time,
                 netlink::Message& message);
void encode_lower(const FenceSet& set, const std::set<IpAddress>& addresses, netlink::Message& message);

/// Asks for a set's elements; `has_elements` tells whether an answer holds some that have not timed out.
void encode_elements_of(const FenceSet& set, netlink::Message& message);
[[nodiscard]] bool has_elements(const nlmsghdr& message);

/// A rule of the fence. The kernel numbers those of a table, and no number comes twice while the table is there.
struct FenceRule {
    std::uint8_t table_family = 0; ///< as FenceSet's
    std::uint64_t handle = 0;
    bool operator==(const FenceRule&) const = default;
};
void encode_rules_of(std::uint8_t table_family, netlink::Message& message);
[[nodiscard]] std::optional<FenceRule> decode_fence_rule(const nlmsghdr& message);

} // namespace linkspan::nft
