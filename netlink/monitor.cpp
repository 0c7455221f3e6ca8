#include "netlink/monitor.h"

#include "netlink/answer.h"
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

Result<Drained> Monitor::drain(const std::function<bool(const nlmsghdr&)>& matters)
{
    Drained drained;
    alignas(8) std::array<std::byte, 8192> bytes; // what does not fit is cut off, and counts as if it mattered
    for (int i = 0; i < datagrams_per_drain; ++i) {
        const auto length = ::recv(fd_.get(), bytes.data(), bytes.size(), MSG_TRUNC);
        if (length >= 0) {
            const auto size = static_cast<std::size_t>(length);
            bool counts = !matters || size > bytes.size();
            if (!counts)
                for_each_message(std::span{bytes}.first(size),
                                 [&](const nlmsghdr& m) { counts = counts || matters(m); });
            drained.any = drained.any || counts;
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
