#pragma once

#include "netlink/message.h"
#include "xfrm/state_spec.h"

#include <linux/netlink.h>
#include <linux/xfrm.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace linkspan::xfrm {

/// Values to xfrm state messages and back. Pure. Keys are written for static SAs alone (xfrm/static_state.h).

void encode_delete(const ObservedState& state, netlink::Message& message);
/// Only ESP states are asked for. The answer holds keys, so the message is to be Content::Secret.
void encode_dump_states(netlink::Message& message);

/// What a state message of the kernel says; nothing where it is malformed, not ESP or not ours by its reqid.
[[nodiscard]] std::optional<ObservedState> decode_state(const nlmsghdr& message);

/// An SA as the kernel tells it, to be given back with other times. Its keys are zeros: the kernel ignores those of an
/// update, but wants them to have the right size.
struct Renewable {
    xfrm_usersa_info info = {};
    std::vector<std::pair<std::uint16_t, std::vector<std::byte>>> attributes = {}; ///< those an update has to repeat
};
/// Nothing where the SA cannot be given another rank: it is larval, never renewed, or a network card works on it.
[[nodiscard]] std::optional<Renewable> decode_renewable(const nlmsghdr& message);
void encode_get(const ObservedState& state, netlink::Message& message);

/// The two messages that give an SA a rank, to be sent together: when it was added, and what its lifetimes are, counted
/// from there.
void encode_added(const Renewable& state, Rank rank, netlink::Message& message);
void encode_lifetimes(const Renewable& state, Rank rank, netlink::Message& message);

} // namespace linkspan::xfrm
