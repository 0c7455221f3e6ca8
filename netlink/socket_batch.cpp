#include "netlink/socket.h"

#include "base/secret.h"

#include <cstring>

namespace linkspan::netlink {

/// The requests of one system call. Only the last asks for an ACK: the kernel does them in order within the call and
/// answers every error unasked (netlink_rcv_skb), so once that ACK is here, silence about the others means success.
struct Socket::Chunk {
    static constexpr std::size_t capacity = 32 * 1024; ///< bytes; about 120 policies

    std::vector<std::byte> bytes;
    std::vector<std::size_t> requests; ///< index of the k-th; its sequence number is first_sequence + k
    std::uint32_t first_sequence = 0;
    std::size_t last_offset = 0;

    ~Chunk() { Secret::wipe({reinterpret_cast<char*>(bytes.data()), bytes.size()}); }

    [[nodiscard]] bool fits(const Message& message) const
    {
        return requests.empty() || bytes.size() + NLMSG_ALIGN(message.wire().size()) <= capacity;
    }
    void append(const Message& message, std::size_t request)
    {
        const auto wire = message.wire();
        last_offset = bytes.size();
        bytes.insert(bytes.end(), wire.begin(), wire.end());
        bytes.resize(NLMSG_ALIGN(bytes.size()));
        requests.push_back(request);
    }
    void want_ack()
    {
        nlmsghdr last{};
        std::memcpy(&last, bytes.data() + last_offset, sizeof last);
        last.nlmsg_flags = static_cast<std::uint16_t>(last.nlmsg_flags | NLM_F_ACK);
        std::memcpy(bytes.data() + last_offset, &last, sizeof last);
    }
};

Result<> Socket::exchange(Chunk& chunk, const Requests& requests, std::vector<Result<>>& outcomes)
{
    if (chunk.requests.empty()) return {};
    chunk.want_ack();
    TRY(send(chunk.bytes));
    bool done = false;
    while (!done) {
        auto datagram = receive();
        if (!datagram) return std::unexpected(std::move(datagram).error());
        for_each_message(*datagram, [&](const nlmsghdr& message) {
            const std::uint32_t place = message.nlmsg_seq - chunk.first_sequence;
            if (message.nlmsg_type != NLMSG_ERROR || place >= chunk.requests.size()) return;
            const std::size_t request = chunk.requests[place];
            outcomes[request] = outcome_of(message, {});
            if (!outcomes[request]) outcomes[request].error().what.insert(0, requests.what(request));
            done = place + 1 == chunk.requests.size();
        });
    }
    chunk.requests.clear();
    chunk.bytes.clear();
    return {};
}

std::vector<Result<>> Socket::request_all(const Requests& requests)
{
    std::vector<Result<>> outcomes(requests.count);
    Message message;
    Chunk chunk;
    const auto flush = [&](std::size_t end) {
        const std::size_t begin = chunk.requests.empty() ? end : chunk.requests.front();
        const auto sent = exchange(chunk, requests, outcomes);
        for (std::size_t i = begin; !sent && i < requests.count; ++i)
            if (outcomes[i])
                outcomes[i] = std::unexpected(
                    Error{sent.error().kind, sent.error().sys, requests.what(i) + ": " + sent.error().what});
        return sent.has_value();
    };
    for (std::size_t i = 0; i < requests.count; ++i) {
        requests.build(i, message);
        if (!message.ok()) {
            outcomes[i] = failure(Kind::Bug, requests.what(i) + ": does not fit a netlink message");
            continue;
        }
        if (!chunk.fits(message) && !flush(i)) return outcomes;
        if (chunk.requests.empty()) chunk.first_sequence = sequence_ + 1;
        message.header().nlmsg_seq = ++sequence_;
        chunk.append(message, i);
    }
    (void)flush(requests.count);
    return outcomes;
}

} // namespace linkspan::netlink
