#pragma once

#include "base/error.h"
#include "netlink/answer.h"
#include "netlink/channel.h"
#include "netlink/message.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace linkspan::netlink {

/// Requests to be sent many per system call; made one by one, so none is kept.
struct Requests {
    std::size_t count = 0;
    std::function<void(std::size_t, Message&)> build = {}; ///< encodes the i-th; starts with reset()
    std::function<std::string(std::size_t)> what = {};     ///< names the i-th, for its error
};

/// A command socket of one netlink family: a request goes out, its answer comes back before the call returns.
/// Blocking, bounded by the channel's timeout. Owns its channel; one thread. `what` names the object and begins every
/// error, which also carries the kernel's extended-ack text. After a failed exchange the next call dials anew, so late
/// answers and half-read dumps of the old channel cannot confuse it.
class Socket {
public:
    /// `protocol`: NETLINK_XFRM, NETLINK_ROUTE, NETLINK_NETFILTER.
    [[nodiscard]] static Result<Socket> open(int protocol);
    [[nodiscard]] static Result<Socket> over(Dial dial);

    /// Returns once the kernel has done it, or has refused.
    [[nodiscard]] Result<> request(Message& message, std::string_view what);
    /// As `request`, for one that is answered with messages of its own.
    [[nodiscard]] Result<> get(Message& message, std::string_view what, const Visitor& visit);
    /// Visits every object of a dump. Overrun: it changed under our hands and what was visited is not the whole.
    [[nodiscard]] Result<> dump(Message& message, std::string_view what, const Visitor& visit);
    /// Sends all in order and tells the outcome of each. One that is refused does not keep the kernel from doing the
    /// next; a failure of the exchange itself is the outcome of all that are left.
    [[nodiscard]] std::vector<Result<>> request_all(const Requests& requests);
    /// Sends all in one system call, for families that take that as a transaction: all of it happens or none. The first
    /// and the last message are its marks, which the kernel does not answer.
    [[nodiscard]] Result<> transact(const Requests& requests, std::string_view what);

private:
    struct Chunk;

    explicit Socket(Dial dial) : dial_(std::move(dial)) {}
    [[nodiscard]] Result<> connect();
    [[nodiscard]] Result<> send(std::span<const std::byte> messages);
    [[nodiscard]] Result<std::span<const std::byte>> receive();
    [[nodiscard]] Result<> send(Message& message, std::uint16_t flags, const std::string& what);
    [[nodiscard]] Result<> collect(std::uint16_t last, const std::string& what, Content content, const Visitor& visit);
    [[nodiscard]] Result<> exchange(Chunk& chunk, const Requests& requests, std::vector<Result<>>& outcomes);

    Dial dial_;
    std::unique_ptr<Channel> channel_; ///< none after a failure
    std::uint32_t sequence_ = 0;       ///< of the newest request
    std::vector<std::byte> buffer_;    ///< for receiving; a dump fills at most 32 KiB of it at a time
};

} // namespace linkspan::netlink
