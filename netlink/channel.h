#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <span>

namespace linkspan::netlink {

/// Datagrams to a kernel and back: the real one's, or a fake's in tests. One thread.
class Channel {
public:
    virtual ~Channel() = default;
    /// One or more whole messages; the kernel has done them when this returns.
    [[nodiscard]] virtual Result<> send(std::span<const std::byte> messages) = 0;
    /// The next datagram, in full, in `buffer`. Timeout: none came. Overrun: the kernel had to drop one.
    [[nodiscard]] virtual Result<std::span<const std::byte>> receive(std::span<std::byte> buffer) = 0;
};

/// Makes a channel, and makes another when the first has failed.
using Dial = std::function<Result<std::unique_ptr<Channel>>()>;

/// A blocking channel to the kernel; an answer is waited for 3 s. `protocol`: NETLINK_XFRM, ...
[[nodiscard]] Result<std::unique_ptr<Channel>> dial_kernel(int protocol);

/// A bound netlink socket. `flags`: SOCK_NONBLOCK or 0; close-on-exec always.
[[nodiscard]] Result<Fd> open_socket(int protocol, int flags);

/// Makes the receive buffer `bytes` large, past rmem_max where we may (CAP_NET_ADMIN), else as large as allowed.
void set_receive_buffer(int fd, int bytes);

} // namespace linkspan::netlink
