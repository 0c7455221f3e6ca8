#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <linux/filter.h>
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
    /// `protocol`: NETLINK_ROUTE, NETLINK_XFRM or NETLINK_NETFILTER. `groups`: RTNLGRP_*, XFRMNLGRP_* or NFNLGRP_* numbers
    /// (not masks). `receive_buffer`: bytes, forced past rmem_max where allowed; 0 = the kernel's default. `filter`: the
    /// kernel's program for what is told at all; empty = everything.
    [[nodiscard]] static Result<Monitor> open(int protocol, std::span<const unsigned> groups, int receive_buffer,
                                              std::span<const sock_filter> filter = {});

    [[nodiscard]] int fd() const { return fd_.get(); }
    /// Reads until nothing is left, at most a bounded number of messages (the loop calls again while readable).
    [[nodiscard]] Result<Drained> drain();

private:
    explicit Monitor(Fd fd) : fd_(std::move(fd)) {}
    Fd fd_;
};

} // namespace linkspan::netlink
