#include "netlink/monitor.h"

#include "netlink/channel.h"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstddef>

namespace linkspan::netlink {

namespace {

constexpr int datagrams_per_drain = 1024;

} // namespace

Result<Monitor> Monitor::open(int protocol, std::span<const unsigned> groups, int receive_buffer)
{
    auto fd = open_socket(protocol, SOCK_NONBLOCK);
    if (!fd) return std::unexpected(std::move(fd).error());
    if (receive_buffer > 0) set_receive_buffer(fd->get(), receive_buffer);
    for (const unsigned group : groups)
        if (::setsockopt(fd->get(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) < 0)
            return sys_error(errno, "join netlink group " + std::to_string(group) + " of protocol " +
                                        std::to_string(protocol));
    return Monitor{std::move(*fd)};
}

Result<Drained> Monitor::drain()
{
    Drained drained;
    std::array<std::byte, 16> head; // the kernel cuts off what does not fit: nobody reads it
    for (int i = 0; i < datagrams_per_drain; ++i) {
        if (::recv(fd_.get(), head.data(), head.size(), 0) >= 0) {
            drained.any = true;
            continue;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) return drained;
        if (errno == EINTR) continue;
        if (errno != ENOBUFS) return sys_error(errno, "receive kernel events");
        drained.any = drained.overrun = true;
    }
    return drained;
}

} // namespace linkspan::netlink
