#pragma once

#include "netlink/message.h"
#include "xfrm/counters.h"

#include <linux/netlink.h>

#include <optional>

namespace linkspan::xfrm {

/// Of an SA as a dump or a get tells it. Nothing where it is not ESP, not ours by its reqid, or larval.
[[nodiscard]] std::optional<SaCounters> decode_counters(const nlmsghdr& message);

/// XFRM_MSG_NEWAE: takes both numbers as they are, its window full. The kernel checks nothing of that (it would count
/// back), and an SA with a bitmap ignores the old form in silence (docs/kernel-facts.md).
void encode_counters(const SaCounters& counters, netlink::Message& message);

/// XFRM_MSG_GETAE and its answer, whose numbers are put into `counters`; false where the answer is about something else.
void encode_get_counters(const SaCounters& counters, netlink::Message& message);
[[nodiscard]] bool decode_event(const nlmsghdr& message, SaCounters& counters);

} // namespace linkspan::xfrm
