#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <linux/netlink.h>

#include <cstddef>
#include <functional>
#include <span>
#include <string>

namespace linkspan::netlink {

/// What sockets and monitors share: opening, buffers, datagrams. No state.

/// A bound netlink socket. `flags`: SOCK_NONBLOCK or 0; close-on-exec always.
[[nodiscard]] Result<Fd> open_socket(int protocol, int flags);

/// Makes the receive buffer `bytes` large, past rmem_max where we may (CAP_NET_ADMIN), else as large as allowed.
void set_receive_buffer(int fd, int bytes);

/// One datagram of the kernel into `buffer`, in full; those of other senders are skipped, for anyone may send to us.
/// Timeout where SO_RCVTIMEO ran out, Overrun where the kernel had to drop something.
[[nodiscard]] Result<std::span<const std::byte>> receive(int fd, std::span<std::byte> buffer);

using Visitor = std::function<void(const nlmsghdr&)>;
/// Calls `visit` for each whole message of a datagram.
void for_each_message(std::span<const std::byte> datagram, const Visitor& visit);

/// The outcome an NLMSG_ERROR (an ACK is one with errno 0) or NLMSG_DONE carries: "<what>: <strerror> (<kernel's text>)".
[[nodiscard]] Result<> outcome_of(const nlmsghdr& message, const std::string& what);

} // namespace linkspan::netlink
