#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace linkspan::agent {

/// A queue of packets, as /proc/net/netfilter/nfnetlink_queue tells of it.
struct QueueStat {
    std::uint16_t number = 0;
    std::uint64_t waiting = 0;
    std::uint64_t dropped = 0; ///< because it was full, or the socket behind it
    bool operator==(const QueueStat&) const = default;
};
[[nodiscard]] std::vector<QueueStat> parse_queues(std::string_view text);
/// Empty where nobody listens, or the kernel has no queues.
[[nodiscard]] std::vector<QueueStat> read_queues();

} // namespace linkspan::agent
