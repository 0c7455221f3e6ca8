#pragma once

#include "netlink/message.h"
#include "xfrm/observed_policy.h"

#include <linux/netlink.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace linkspan::xfrm {

/// Values to xfrm policy messages and back. Pure.

/// The uid in the selector of a block twin ("ls"). The kernel compares it when it asks whether two policies are the
/// same and ignores it when it looks one up for a packet, so a twin can stand beside its protect policy with the same
/// selector, mark and if_id (docs/kernel-facts.md, "xfrm policies").
inline constexpr std::uint32_t block_uid = 0x6c73;
/// The uid in the selector of a bypass, which has nothing else to be known by.
inline constexpr std::uint32_t bypass_uid = 0x6c74;

void encode_create(const PolicySpec& spec, netlink::Message& message); ///< refused where the key is taken
void encode_update(const PolicySpec& spec, netlink::Message& message); ///< in place, or anew where none is
void encode_delete(const PolicyKey& key, netlink::Message& message);
void encode_get(const PolicyKey& key, netlink::Message& message);
void encode_dump_policies(netlink::Message& message);

/// A policy of a socket's own for all that it sends, as IP_XFRM_POLICY and IPV6_XFRM_POLICY take it.
[[nodiscard]] std::vector<std::uint8_t> socket_policy(Family family, const Template& protect);

/// What a policy message of the kernel says; nothing where it is malformed or its policy cannot stand at one of our
/// keys: somebody else's mark or if_id, a partial mark mask, port ranges, an interface, a socket's own policy.
[[nodiscard]] std::optional<ObservedPolicy> decode_policy(const nlmsghdr& message);

} // namespace linkspan::xfrm
