#pragma once

#include "netlink/message.h"
#include "xfrm/state_spec.h"

#include <linux/netlink.h>

#include <optional>

namespace linkspan::xfrm {

/// Values to xfrm state messages and back. Pure. Keys are neither written nor read.

void encode_delete(const ObservedState& state, netlink::Message& message);
/// Only ESP states are asked for. The answer holds keys, so the message is to be Content::Secret.
void encode_dump_states(netlink::Message& message);

/// What a state message of the kernel says; nothing where it is malformed, not ESP or not ours by its reqid.
[[nodiscard]] std::optional<ObservedState> decode_state(const nlmsghdr& message);

} // namespace linkspan::xfrm
