#pragma once

#include "netlink/message.h"

#include <cstdint>
#include <linux/netlink.h>
#include <optional>
#include <span>

namespace linkspan::egress {

/// Messages of nfnetlink_queue and nfnetlink_log. The kernel takes a listener for a queue or a group when it is bound, and
/// gives it up when the socket closes: what is held then is dropped, and what comes later meets nobody.

struct QueueSettings {
    std::uint16_t number = 0;
    std::uint32_t longest = 0; ///< packets held at once
    /// Where it is full, packets go on unseen. Without: they are dropped.
    bool fail_open = false;
};
void encode_queue_bind(std::uint16_t number, netlink::Message& message);
void encode_queue_settings(const QueueSettings& settings, netlink::Message& message);

enum class Fate : std::uint8_t { Accept, Drop, Repeat }; ///< Repeat: through the chain that held it again

/// A change of conntrack's mark that goes with a packet.
struct MarkChange {
    std::uint32_t value = 0;
    std::uint32_t mask = 0;
};
struct Verdict {
    std::uint32_t packet = 0; ///< its id
    Fate fate = Fate::Accept;
    std::optional<MarkChange> mark = {};
};
void encode_verdict(std::uint16_t number, const Verdict& verdict, netlink::Message& message);

struct QueuedPacket {
    std::uint32_t id = 0;
    std::span<const std::uint8_t> bytes = {}; ///< from the IP header on, within the message
};
[[nodiscard]] std::optional<QueuedPacket> decode_queued(const nlmsghdr& message);

void encode_log_bind(std::uint16_t group, netlink::Message& message);
/// `copied`: bytes of each packet.
void encode_log_settings(std::uint16_t group, std::uint32_t copied, netlink::Message& message);
/// A packet that was logged; within the message.
[[nodiscard]] std::optional<std::span<const std::uint8_t>> decode_logged(const nlmsghdr& message);

} // namespace linkspan::egress
