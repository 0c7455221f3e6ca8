#pragma once

#include "base/flow.h"
#include "netlink/message.h"

#include <cstdint>
#include <optional>

struct nlmsghdr;

namespace linkspan::nft {

/// What connection tracking says of a session. Nothing for what is no TCP or UDP, and for other messages.
[[nodiscard]] std::optional<FlowNews> decode_flow(const nlmsghdr& message);

void encode_get_flows(netlink::Message& message);
/// That session alone, as the kernel has it here.
void encode_get_flow(const Flow& flow, netlink::Message& message);
/// A session that is tracked here goes on as the other gateway has it. Refused (NotFound) where there is none, and (Busy) where
/// this kernel has seen of it what the other one has not, unless the status is left as it is.
void encode_update(const Flow& flow, bool with_status, netlink::Message& message);
/// The window of a TCP session that is tracked here is checked no longer: others have carried it meanwhile.
void encode_loose(const Flow& flow, netlink::Message& message);
/// A session that the other gateway has: its answers mirrored, and what they are translated to beside it, for only then does the
/// kernel translate. Its window is not checked, because nobody here saw its packets.
void encode_create(const Flow& flow, netlink::Message& message);
void encode_end(const Flow& flow, netlink::Message& message);
/// Of whichever session waits for the answers that this one waits for.
void encode_end_of_answers(const Flow& flow, netlink::Message& message);

/// True where no packet alone tells what becomes of the session: it is translated, or carries one of `marks`.
[[nodiscard]] bool has_state(const Flow& flow, std::uint32_t marks);
/// Its window is checked, in one direction at least.
[[nodiscard]] bool is_strict(const Flow& flow);

} // namespace linkspan::nft
