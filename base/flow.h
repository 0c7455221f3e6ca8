#pragma once

#include "base/ip.h"

#include <compare>
#include <cstdint>

namespace linkspan {

/// A TCP or UDP session as connection tracking keeps it: the ends of its first packet as that came, and those of the answers it
/// waits for. Where the two do not mirror each other it is translated.
struct Flow {
    struct End {
        IpAddress address = {};
        std::uint16_t port = 0;
        auto operator<=>(const End&) const = default;
    };
    std::uint8_t protocol = 0; ///< IPPROTO_TCP or IPPROTO_UDP
    End source = {};
    End destination = {};
    End answers_from = {};
    End answers_to = {};
    std::uint16_t zone = 0;
    std::uint32_t status = 0; ///< IPS_* of the kernel's
    std::uint32_t mark = 0;
    std::uint32_t left = 0;       ///< seconds, if no packet comes
    std::uint8_t tcp_state = 0;   ///< TCP_CONNTRACK_*; 0 = it was not told
    std::uint8_t tcp_flags = 0;   ///< IP_CT_TCP_FLAG_*, of the side that began
    std::uint8_t tcp_answers = 0; ///< likewise, of the other one
    auto operator<=>(const Flow&) const = default;

    [[nodiscard]] bool is_translated() const { return answers_to != source || answers_from != destination; }
};

/// By what the kernel tells one session from another.
struct FlowKey {
    std::uint8_t protocol = 0;
    Flow::End source = {}, destination = {};
    std::uint16_t zone = 0;
    auto operator<=>(const FlowKey&) const = default;
};
[[nodiscard]] inline FlowKey key_of(const Flow& flow)
{
    return {flow.protocol, flow.source, flow.destination, flow.zone};
}

/// Not every message of the kernel's says how a TCP session stands: what an earlier one said of that still holds.
inline void keep_tcp(Flow& flow, const Flow& earlier)
{
    if (flow.tcp_state != 0) return;
    flow.tcp_state = earlier.tcp_state;
    flow.tcp_flags = earlier.tcp_flags;
    flow.tcp_answers = earlier.tcp_answers;
}

/// How a session stands, or that it is gone.
struct FlowNews {
    Flow flow = {};
    bool gone = false;
    bool operator==(const FlowNews&) const = default;
};

} // namespace linkspan
