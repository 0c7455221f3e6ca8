#pragma once

#include "base/error.h"

#include <linux/netlink.h>

#include <cstddef>
#include <functional>
#include <span>
#include <string>

namespace linkspan::netlink {

using Visitor = std::function<void(const nlmsghdr&)>;

/// Calls `visit` for each whole message of a datagram, which starts on a 4-byte boundary. What follows a message of
/// impossible length is not looked at.
void for_each_message(std::span<const std::byte> datagram, const Visitor& visit);

/// The outcome an NLMSG_ERROR (an ACK is one with errno 0) or NLMSG_DONE carries: "<what>: <strerror> (<kernel's text>)".
[[nodiscard]] Result<> outcome_of(const nlmsghdr& message, const std::string& what);

} // namespace linkspan::netlink
