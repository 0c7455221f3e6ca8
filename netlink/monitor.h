#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <cstdint>
#include <functional>
#include <linux/netlink.h>
#include <span>

namespace linkspan::netlink {

/// What woke the monitor. The messages themselves are thrown away: an event only says "look again".
struct Drained {
    bool any = false;     ///< something was there
    bool overrun = false; ///< ENOBUFS: the kernel dropped messages
};

/// A multicast socket of one netlink family, non-blocking. Owns its descriptor; one thread.
class Monitor {
public:
    /// `protocol`: NETLINK_ROUTE or NETLINK_XFRM. `groups`: RTNLGRP_* or XFRMNLGRP_* numbers (not masks).
    /// `receive_buffer`: bytes, forced past rmem_max where allowed; 0 = the kernel's default.
    [[nodiscard]] static Result<Monitor> open(int protocol, std::span<const unsigned> groups, int receive_buffer);

    [[nodiscard]] int fd() const { return fd_.get(); }
    /// Reads until nothing is left, at most a bounded number of messages (the loop calls again while readable). A datagram
    /// of which no message `matters` is as if it had not been.
    [[nodiscard]] Result<Drained> drain(const std::function<bool(const nlmsghdr&)>& matters = {});

private:
    explicit Monitor(Fd fd) : fd_(std::move(fd)) {}
    Fd fd_;
};

} // namespace linkspan::netlink
