#include "netlink/socket.h"

#include <optional>

namespace linkspan::netlink {
namespace {

void append(std::vector<std::byte>& bytes, const Message& message)
{
    const auto wire = message.wire();
    bytes.insert(bytes.end(), wire.begin(), wire.end());
    bytes.resize(NLMSG_ALIGN(bytes.size()));
}

} // namespace

/// Only the last request between the marks asks for an ACK. Errors come before it, in the order of the requests; one of
/// the whole is told of the first mark.
Result<> Socket::transact(const Requests& requests, std::string_view what)
{
    std::vector<std::byte> bytes;
    Message message;
    const auto first = sequence_ + 1;
    for (std::size_t i = 0; i < requests.count; ++i) {
        requests.build(i, message);
        if (!message.ok()) return failure(Kind::Bug, requests.what(i) + ": does not fit a netlink message");
        message.header().nlmsg_seq = ++sequence_;
        if (i + 2 == requests.count)
            message.header().nlmsg_flags = static_cast<std::uint16_t>(message.header().nlmsg_flags | NLM_F_ACK);
        append(bytes, message);
    }
    const std::string name{what};
    auto sent = send(bytes);
    if (!sent) return failure(sent.error().kind, name + ": " + sent.error().what);
    std::optional<Result<>> outcome;
    while (!outcome) {
        auto datagram = receive();
        if (!datagram) return failure(datagram.error().kind, name + ": " + datagram.error().what);
        for_each_message(*datagram, [&](const nlmsghdr& answer) {
            const std::uint32_t place = answer.nlmsg_seq - first;
            if (answer.nlmsg_type != NLMSG_ERROR || place >= requests.count || outcome) return;
            outcome = outcome_of(answer, name + ": " + requests.what(place));
        });
    }
    return *std::move(outcome);
}

} // namespace linkspan::netlink
