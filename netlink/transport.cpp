#include "netlink/transport.h"

#include "netlink/attributes.h"

#include <libmnl/libmnl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>

namespace linkspan::netlink {

namespace {

/// Where the extended-ack attributes of an NLMSG_ERROR start: behind the request it echoes, or behind that one's
/// header alone where the kernel left the rest out (NLM_F_CAPPED).
std::size_t error_body_size(const nlmsghdr& message, const nlmsgerr& error)
{
    if (message.nlmsg_flags & NLM_F_CAPPED) return sizeof(nlmsgerr);
    return sizeof(nlmsgerr) - sizeof(nlmsghdr) + MNL_ALIGN(static_cast<std::size_t>(error.msg.nlmsg_len));
}

std::string kernel_text(const nlmsghdr& message, std::size_t body_size)
{
    if (!(message.nlmsg_flags & NLM_F_ACK_TLVS)) return {};
    for (const Attribute attribute : attributes_of(message, body_size))
        if (attribute.type == NLMSGERR_ATTR_MSG) return std::string{attribute.text()};
    return {};
}

/// `err` as the kernel sends it: 0 or a negative errno.
Result<> outcome(int err, const std::string& what, const std::string& text)
{
    if (err == 0) return {};
    if (err > 0 || err < -4095) return failure(Kind::Protocol, what + ": the kernel answered no errno");
    auto failed = sys_error(-err, what);
    if (!text.empty()) failed.error().what += " (" + text + ")";
    return failed;
}

} // namespace

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

Result<std::span<const std::byte>> receive(int fd, std::span<std::byte> buffer)
{
    while (true) {
        sockaddr_nl sender{};
        iovec part{buffer.data(), buffer.size()};
        msghdr header{};
        header.msg_name = &sender;
        header.msg_namelen = sizeof sender;
        header.msg_iov = &part;
        header.msg_iovlen = 1;
        const ssize_t length = ::recvmsg(fd, &header, 0);
        if (length < 0 && errno == EINTR) continue;
        if (length < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return failure(Kind::Timeout, "the kernel did not answer in time");
        if (length < 0) return sys_error(errno, "receive from the kernel");
        if (header.msg_namelen != sizeof sender || sender.nl_pid != 0) continue;
        if (header.msg_flags & MSG_TRUNC) return failure(Kind::Protocol, "a netlink message larger than our buffer");
        return buffer.first(static_cast<std::size_t>(length));
    }
}

void for_each_message(std::span<const std::byte> datagram, const Visitor& visit)
{
    const auto* message = reinterpret_cast<const nlmsghdr*>(datagram.data());
    int rest = static_cast<int>(datagram.size());
    for (; mnl_nlmsg_ok(message, rest); message = mnl_nlmsg_next(message, &rest)) visit(*message);
}

Result<> outcome_of(const nlmsghdr& message, const std::string& what)
{
    if (message.nlmsg_type == NLMSG_DONE)
        return outcome(body_of<int>(message).value_or(0), what, kernel_text(message, sizeof(int)));
    const auto error = body_of<nlmsgerr>(message);
    if (!error) return failure(Kind::Protocol, what + ": the kernel sent half an answer");
    return outcome(error->error, what, kernel_text(message, error_body_size(message, *error)));
}

} // namespace linkspan::netlink
