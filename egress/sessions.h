#pragma once

#include "base/error.h"
#include "egress/networks.h"
#include "egress/queue_codec.h"
#include "netlink/message.h"
#include "netlink/socket.h"

#include <cstddef>
#include <functional>
#include <linux/netlink.h>
#include <optional>
#include <vector>

namespace linkspan::egress {

/// A session as conntrack keeps it, in the direction it began.
struct Session {
    Wanted wanted = {};
    std::vector<std::byte> tuple = {}; ///< by which the kernel knows it
    std::optional<std::uint16_t> zone = {};
    std::uint32_t mark = 0;
};

void encode_sessions(MarkChange with, netlink::Message& message);
[[nodiscard]] std::optional<Session> decode_session(const nlmsghdr& message);
void encode_mark(const Session& session, MarkChange mark, netlink::Message& message);

/// Marks those sessions that may not go on, of all whose mark has the bits `open`. Answers how many. Packets of
/// both directions find the mark from then on; the entry stays, so that neither end's next packet begins the session anew.
[[nodiscard]] Result<std::size_t> revoke(netlink::Socket& socket, std::uint32_t open, MarkChange mark,
                                         const std::function<bool(const Wanted&)>& may_go_on);

} // namespace linkspan::egress
