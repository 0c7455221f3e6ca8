#include "netlink/socket.h"

#include "base/secret.h"

#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <optional>

namespace linkspan::netlink {

namespace {

constexpr timeval timeout{.tv_sec = 3, .tv_usec = 0};
constexpr std::size_t receive_size = 64 * 1024; ///< bytes of one datagram
constexpr int receive_buffer = 1024 * 1024;     ///< bytes the kernel may queue for us

/// Asked for, not needed: an older kernel answers with less.
void ask_for_details(int fd)
{
    const int on = 1;
    for (const int option : {NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK})
        ::setsockopt(fd, SOL_NETLINK, option, &on, sizeof on);
}

void wipe(std::span<const std::byte> used, std::vector<std::byte>& buffer)
{
    Secret::wipe({reinterpret_cast<char*>(buffer.data()), used.size()});
}

} // namespace

Result<Socket> Socket::open(int protocol)
{
    Socket socket{protocol};
    TRY(socket.ensure_open());
    return socket;
}

Result<> Socket::ensure_open()
{
    if (fd_) return {};
    auto fd = open_socket(protocol_, 0);
    if (!fd) return std::unexpected(std::move(fd).error());
    ::setsockopt(fd->get(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    ask_for_details(fd->get());
    set_receive_buffer(fd->get(), receive_buffer);
    buffer_.resize(receive_size);
    fd_ = std::move(*fd);
    return {};
}

Result<> Socket::send(std::span<const std::byte> bytes, const std::string& what)
{
    TRY(ensure_open());
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    ssize_t sent = -1;
    do
        sent = ::sendto(fd_.get(), bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&kernel),
                        sizeof kernel);
    while (sent < 0 && errno == EINTR);
    if (sent < 0) return sys_error(errno, what);
    return {};
}

Result<> Socket::send(Message& message, std::uint16_t flags, const std::string& what)
{
    if (!message.ok()) return failure(Kind::Bug, what + ": does not fit a netlink message");
    message.header().nlmsg_flags = static_cast<std::uint16_t>(message.header().nlmsg_flags | flags);
    message.header().nlmsg_seq = ++sequence_;
    return send(message.wire(), what);
}

/// Reads answers until the one of `sequence` that ends the exchange: an NLMSG_ERROR, or `last`.
Result<> Socket::collect(std::uint32_t sequence, std::uint16_t last, const std::string& what, Content content,
                         const Visitor& visit)
{
    std::optional<Result<>> outcome;
    bool interrupted = false;
    while (!outcome) {
        auto datagram = receive(fd_.get(), buffer_);
        if (!datagram) {
            fd_ = Fd{};
            return std::unexpected(
                Error{datagram.error().kind, datagram.error().sys, what + ": " + datagram.error().what});
        }
        for_each_message(*datagram, [&](const nlmsghdr& message) {
            if (message.nlmsg_seq != sequence || outcome) return;
            interrupted |= (message.nlmsg_flags & NLM_F_DUMP_INTR) != 0;
            if (message.nlmsg_type == NLMSG_ERROR || message.nlmsg_type == last)
                outcome = outcome_of(message, what);
            else if (visit)
                visit(message);
        });
        if (content == Content::Secret) wipe(*datagram, buffer_);
    }
    if (*outcome && interrupted) return failure(Kind::Overrun, what + ": changed while it was read");
    return *std::move(outcome);
}

Result<> Socket::request(Message& message, std::string_view what)
{
    return get(message, what, nullptr);
}

Result<> Socket::get(Message& message, std::string_view what, const Visitor& visit)
{
    const std::string name{what};
    TRY(send(message, NLM_F_ACK, name));
    return collect(sequence_, NLMSG_ERROR, name, message.content(), visit);
}

Result<> Socket::dump(Message& message, std::string_view what, const Visitor& visit)
{
    const std::string name{what};
    TRY(send(message, NLM_F_DUMP, name));
    return collect(sequence_, NLMSG_DONE, name, message.content(), visit);
}

} // namespace linkspan::netlink
