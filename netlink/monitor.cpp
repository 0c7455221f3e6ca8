#include "netlink/monitor.h"

#include "netlink/channel.h"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <vector>

namespace linkspan::netlink {

namespace {

constexpr int datagrams_per_drain = 1024;
constexpr std::size_t longest_event = 32 * 1024; ///< bytes

/// Before the groups are joined, so that nothing gets in unseen.
Result<> attach(int fd, std::span<const sock_filter> filter)
{
    if (filter.empty()) return {};
    const sock_fprog program{static_cast<unsigned short>(filter.size()), const_cast<sock_filter*>(filter.data())};
    if (::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0)
        return sys_error(errno, "filter kernel events");
    return {};
}

} // namespace

Result<Monitor> Monitor::open(int protocol, std::span<const unsigned> groups, int receive_buffer,
                              std::span<const sock_filter> filter)
{
    auto fd = open_socket(protocol, SOCK_NONBLOCK);
    if (!fd) return std::unexpected(std::move(fd).error());
    if (receive_buffer > 0) set_receive_buffer(fd->get(), receive_buffer);
    TRY(attach(fd->get(), filter));
    for (const unsigned group : groups)
        if (::setsockopt(fd->get(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) < 0)
            return sys_error(errno, "join netlink group " + std::to_string(group) + " of protocol " +
                                        std::to_string(protocol));
    return Monitor{std::move(*fd)};
}

Result<Drained> Monitor::drain()
{
    std::array<std::byte, 1> first; // a message that is cut short is read as well
    return receive(first, {});
}

Result<Drained> Monitor::read(const Visitor& visit)
{
    std::vector<std::byte> buffer(longest_event);
    return receive(buffer, visit);
}

/// Any process may send to us; the kernel's own messages are of port 0.
Result<Drained> Monitor::receive(std::span<std::byte> buffer, const Visitor& visit)
{
    Drained drained;
    for (int i = 0; i < datagrams_per_drain; ++i) {
        sockaddr_nl sender{};
        socklen_t size = sizeof sender;
        const auto length =
            ::recvfrom(fd_.get(), buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&sender), &size);
        if (length >= 0) {
            drained.any = true;
            if (visit && sender.nl_pid == 0) for_each_message(buffer.first(static_cast<std::size_t>(length)), visit);
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
