#include "netlink/socket.h"

#include "base/secret.h"

#include <optional>

namespace linkspan::netlink {

namespace {

constexpr std::size_t largest_datagram = 64 * 1024; ///< bytes

std::unexpected<Error> named(const std::string& what, Error error)
{
    error.what.insert(0, what + ": ");
    return std::unexpected(std::move(error));
}

} // namespace

Result<Socket> Socket::open(int protocol)
{
    return over([protocol] { return dial_kernel(protocol); });
}

Result<Socket> Socket::over(Dial dial)
{
    Socket socket{std::move(dial)};
    TRY(socket.connect());
    socket.buffer_.resize(largest_datagram);
    return socket;
}

Result<> Socket::connect()
{
    if (channel_) return {};
    auto channel = dial_();
    if (!channel) return std::unexpected(std::move(channel).error());
    channel_ = std::move(*channel);
    return {};
}

Result<> Socket::send(std::span<const std::byte> messages)
{
    TRY(connect());
    return channel_->send(messages);
}

Result<std::span<const std::byte>> Socket::receive()
{
    auto datagram = channel_->receive(buffer_);
    if (!datagram) channel_.reset();
    return datagram;
}

Result<> Socket::send(Message& message, std::uint16_t flags, const std::string& what)
{
    if (!message.ok()) return failure(Kind::Bug, what + ": does not fit a netlink message");
    message.header().nlmsg_flags = static_cast<std::uint16_t>(message.header().nlmsg_flags | flags);
    message.header().nlmsg_seq = ++sequence_;
    auto sent = send(message.wire());
    return sent ? sent : named(what, std::move(sent).error());
}

/// Reads answers to the newest request until the one that ends the exchange: an NLMSG_ERROR, or `last`.
Result<> Socket::collect(std::uint16_t last, const std::string& what, Content content, const Visitor& visit)
{
    std::optional<Result<>> outcome;
    bool interrupted = false;
    while (!outcome) {
        auto datagram = receive();
        if (!datagram) return named(what, std::move(datagram).error());
        for_each_message(*datagram, [&](const nlmsghdr& message) {
            if (message.nlmsg_seq != sequence_ || outcome) return;
            interrupted |= (message.nlmsg_flags & NLM_F_DUMP_INTR) != 0;
            if (message.nlmsg_type == NLMSG_ERROR || message.nlmsg_type == last)
                outcome = outcome_of(message, what);
            else if (visit)
                visit(message);
        });
        if (content == Content::Secret) Secret::wipe({reinterpret_cast<char*>(buffer_.data()), datagram->size()});
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
    return collect(NLMSG_ERROR, name, message.content(), visit);
}

Result<> Socket::dump(Message& message, std::string_view what, const Visitor& visit)
{
    const std::string name{what};
    TRY(send(message, NLM_F_DUMP, name));
    return collect(NLMSG_DONE, name, message.content(), visit);
}

} // namespace linkspan::netlink
