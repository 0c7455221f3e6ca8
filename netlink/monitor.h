#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "netlink/answer.h"

#include <linux/filter.h>
#include <span>

namespace linkspan::netlink {

/// What woke the monitor.
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
    /// Reads until nothing is left, at most a bounded number of datagrams (the loop calls again while readable). The messages
    /// are thrown away: an event only says "look again".
    [[nodiscard]] Result<Drained> drain();
    /// The same, for who wants to know what they say. Each is a view into a buffer of the call's.
    [[nodiscard]] Result<Drained> read(const Visitor& visit);

private:
    explicit Monitor(Fd fd) : fd_(std::move(fd)) {}
    [[nodiscard]] Result<Drained> receive(std::span<std::byte> buffer, const Visitor& visit);

    Fd fd_;
};

} // namespace linkspan::netlink
