#include "egress/packet_socket.h"

#include "netlink/channel.h"

#include <cerrno>
#include <linux/netlink.h>
#include <poll.h>
#include <string>
#include <sys/socket.h>

namespace linkspan::egress {
namespace {

constexpr int receive_buffer = 8 << 20; ///< bytes: some 8,000 answers
constexpr int patience = 3000;          ///< ms, for the kernel's word that a queue is bound

Result<> send(int fd, std::span<const std::byte> wire)
{
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    while (::sendto(fd, wire.data(), wire.size(), 0, reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel) < 0)
        if (errno != EINTR) return sys_error(errno, "send to the kernel");
    return {};
}

} // namespace

/// An overrun is no error of the queue's: the packets that found no room are gone, and the next come as before.
Result<PacketSocket> PacketSocket::open(std::uint16_t number)
{
    auto fd = netlink::open_socket(NETLINK_NETFILTER, SOCK_NONBLOCK);
    TRY(fd);
    netlink::set_receive_buffer(fd->get(), receive_buffer);
    const int on = 1;
    ::setsockopt(fd->get(), SOL_NETLINK, NETLINK_NO_ENOBUFS, &on, sizeof on);
    return PacketSocket{std::move(*fd), number};
}

/// What the queue holds from its first moment on is decided here, unseen: `meanwhile`.
Result<> PacketSocket::configure(netlink::Message& message, const std::string& what, Fate meanwhile)
{
    if (!message.ok()) return failure(Kind::Bug, what + ": does not fit a netlink message");
    message.header().nlmsg_flags = static_cast<std::uint16_t>(message.header().nlmsg_flags | NLM_F_ACK);
    TRY(send(fd_.get(), message.wire()));
    std::optional<Result<>> outcome;
    while (!outcome) {
        pollfd wait{fd_.get(), POLLIN, 0};
        if (::poll(&wait, 1, patience) == 0) return failure(Kind::Timeout, what + ": the kernel did not answer");
        const auto got = receive([&](const nlmsghdr& answer) {
            if (answer.nlmsg_type == NLMSG_ERROR) outcome = netlink::outcome_of(answer, what);
            if (const auto early = decode_queued(answer)) (void)decide(Verdict{early->id, meanwhile});
        });
        TRY(got);
    }
    return *std::move(outcome);
}

Result<PacketSocket> PacketSocket::of_queue(const QueueSettings& settings)
{
    const auto what = "bind queue " + std::to_string(settings.number);
    auto socket = open(settings.number);
    TRY(socket);
    netlink::Message message;
    encode_queue_bind(settings.number, message);
    const auto meanwhile = settings.fail_open ? Fate::Accept : Fate::Drop;
    TRY(socket->configure(message, what, meanwhile));
    encode_queue_settings(settings, message);
    TRY(socket->configure(message, what, meanwhile));
    return socket;
}

Result<PacketSocket> PacketSocket::of_log(std::uint16_t group, std::uint32_t copied)
{
    const auto what = "bind log group " + std::to_string(group);
    auto socket = open(group);
    TRY(socket);
    netlink::Message message;
    encode_log_bind(group, message);
    TRY(socket->configure(message, what, Fate::Drop));
    encode_log_settings(group, copied, message);
    TRY(socket->configure(message, what, Fate::Drop));
    return socket;
}

Result<bool> PacketSocket::receive(const netlink::Visitor& visit)
{
    while (true) {
        sockaddr_nl sender{};
        socklen_t size = sizeof sender;
        const auto length =
            ::recvfrom(fd_.get(), buffer_.data(), buffer_.size(), 0, reinterpret_cast<sockaddr*>(&sender), &size);
        if (length < 0 && errno == EINTR) continue;
        if (length < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return false;
        if (length < 0 && errno == ENOBUFS) {
            ++lost_;
            continue;
        }
        if (length < 0) return sys_error(errno, "receive from queue " + std::to_string(number_));
        if (sender.nl_pid != 0) continue; // any process may send to us
        netlink::for_each_message(std::span{buffer_}.first(static_cast<std::size_t>(length)), visit);
        return true;
    }
}

/// One system call for all: the kernel takes the messages of a datagram one by one, and one that it refuses keeps it from none.
Result<> PacketSocket::decide(std::span<const Verdict> verdicts)
{
    std::vector<std::byte> bytes;
    netlink::Message message;
    for (const auto& verdict : verdicts) {
        encode_verdict(number_, verdict, message);
        const auto wire = message.wire();
        bytes.insert(bytes.end(), wire.begin(), wire.end());
        bytes.resize(NLMSG_ALIGN(bytes.size()));
    }
    return send(fd_.get(), bytes);
}

} // namespace linkspan::egress
