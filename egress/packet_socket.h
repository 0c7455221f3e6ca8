#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "egress/queue_codec.h"
#include "netlink/answer.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace linkspan::egress {

/// Packets that the kernel holds in a queue, or copies to a log group. Never blocks; one thread.
class PacketSocket {
public:
    [[nodiscard]] static Result<PacketSocket> of_queue(const QueueSettings& settings);
    [[nodiscard]] static Result<PacketSocket> of_log(std::uint16_t group, std::uint32_t copied);

    [[nodiscard]] int fd() const { return fd_.get(); }
    /// The next datagram's messages, which live until the next call; false where there is none. Packets that found no room
    /// in the socket are counted in lost().
    [[nodiscard]] Result<bool> receive(const netlink::Visitor& visit);
    /// For packets of a queue, in their order.
    [[nodiscard]] Result<> decide(std::span<const Verdict> verdicts);
    [[nodiscard]] Result<> decide(const Verdict& verdict) { return decide(std::span{&verdict, 1}); }
    [[nodiscard]] std::uint64_t lost() const { return lost_; }

private:
    PacketSocket(Fd fd, std::uint16_t number) : fd_(std::move(fd)), number_(number), buffer_(buffer_size) {}
    [[nodiscard]] static Result<PacketSocket> open(std::uint16_t number);
    [[nodiscard]] Result<> configure(netlink::Message& message, const std::string& what, Fate meanwhile);

    static constexpr std::size_t buffer_size = 128 * 1024; ///< a packet of 64 KiB and its attributes
    Fd fd_;
    std::uint16_t number_ = 0;
    std::vector<std::byte> buffer_;
    std::uint64_t lost_ = 0;
};

} // namespace linkspan::egress
