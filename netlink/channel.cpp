#include "netlink/channel.h"

#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>

#include <cerrno>
#include <string>
#include <utility>

namespace linkspan::netlink {

namespace {

constexpr timeval timeout{.tv_sec = 3, .tv_usec = 0};
constexpr int receive_buffer = 1024 * 1024; ///< bytes the kernel may queue for us

/// Asked for, not needed: an older kernel answers with less.
void ask_for_details(int fd)
{
    const int on = 1;
    for (const int option : {NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK})
        ::setsockopt(fd, SOL_NETLINK, option, &on, sizeof on);
}

class KernelChannel final : public Channel {
public:
    explicit KernelChannel(Fd fd) : fd_(std::move(fd)) {}
    Result<> send(std::span<const std::byte> messages) override;
    Result<std::span<const std::byte>> receive(std::span<std::byte> buffer) override;

private:
    Fd fd_;
};

/// False where the kernel has no room for so much, nor will have.
bool make_room(int fd, std::size_t size)
{
    const int bytes = static_cast<int>(size + size / 8);
    return ::setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes) == 0;
}

Result<> KernelChannel::send(std::span<const std::byte> messages)
{
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    const auto* address = reinterpret_cast<const sockaddr*>(&kernel);
    bool has_room = false;
    while (::sendto(fd_.get(), messages.data(), messages.size(), 0, address, sizeof kernel) < 0) {
        const int error = errno;
        if (error == EINTR) continue;
        if (error != EMSGSIZE || std::exchange(has_room, true) || !make_room(fd_.get(), messages.size()))
            return sys_error(error, "send to the kernel");
    }
    return {};
}

/// Datagrams of other senders are skipped, for any process may send to us.
Result<std::span<const std::byte>> KernelChannel::receive(std::span<std::byte> buffer)
{
    while (true) {
        sockaddr_nl sender{};
        iovec part{buffer.data(), buffer.size()};
        msghdr header{};
        header.msg_name = &sender;
        header.msg_namelen = sizeof sender;
        header.msg_iov = &part;
        header.msg_iovlen = 1;
        const ssize_t length = ::recvmsg(fd_.get(), &header, 0);
        if (length < 0 && errno == EINTR) continue;
        if (length < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return failure(Kind::Timeout, "the kernel did not answer in time");
        if (length < 0) return sys_error(errno, "receive from the kernel");
        if (header.msg_namelen != sizeof sender || sender.nl_pid != 0) continue;
        if (header.msg_flags & MSG_TRUNC) return failure(Kind::Protocol, "a netlink message larger than our buffer");
        return buffer.first(static_cast<std::size_t>(length));
    }
}

} // namespace

Result<std::unique_ptr<Channel>> dial_kernel(int protocol)
{
    auto fd = open_socket(protocol, 0);
    if (!fd) return std::unexpected(std::move(fd).error());
    ::setsockopt(fd->get(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    ask_for_details(fd->get());
    set_receive_buffer(fd->get(), receive_buffer);
    return std::make_unique<KernelChannel>(std::move(*fd));
}

Result<Fd> open_socket(int protocol, int flags)
{
    Fd fd{::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | flags, protocol)};
    if (!fd) return sys_error(errno, "netlink socket, protocol " + std::to_string(protocol));
    sockaddr_nl self{};
    self.nl_family = AF_NETLINK;
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&self), sizeof self) < 0)
        return sys_error(errno, "bind netlink socket, protocol " + std::to_string(protocol));
    return fd;
}

void set_receive_buffer(int fd, int bytes)
{
    if (::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) < 0)
        ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

} // namespace linkspan::netlink
