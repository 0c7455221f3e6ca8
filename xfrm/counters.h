#pragma once

#include "base/error.h"
#include "netlink/socket.h"
#include "xfrm/state_spec.h"

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

namespace linkspan::xfrm {

/// How far an ESP SA has counted. Its peer takes no packet with a number it has seen, so a gateway that goes on with an
/// SA of another one has to go on counting from where that one was. Numbers are of 64 bits with extended sequence numbers
/// (RFC 4303), else of 32.
struct SaCounters {
    StateKey key = {};
    Mark mark = {}; ///< the kernel of a marked SA wants it told
    Reqid reqid = {};
    bool esn = false;
    std::uint32_t words = 0;    ///< of its bitmap, 32 packets each; 0: the old form, whose bitmap has one word
    std::uint32_t window = 0;   ///< packets
    std::uint64_t sent = 0;     ///< the last number out
    std::uint64_t received = 0; ///< the highest number in
    bool operator==(const SaCounters&) const = default;
};

/// Of all our ESP SAs that are not larval, sorted by key.
[[nodiscard]] Result<std::vector<SaCounters>> observe_counters(netlink::Socket& socket);

/// What an SA is to count from: never back, for a number used twice is a packet lost at best and, where the IV is made of
/// it, a key given away. Kind::Config where a number would come too near its end: such an SA has to be renewed instead.
[[nodiscard]] Result<SaCounters> advanced(const SaCounters& have, std::uint64_t sent, std::uint64_t received);

/// Makes SAs count on from `wanted`, everything below it taken for received. Each Result is of the SA at its place: what
/// the kernel has was read back and is no less. One that is gone is Kind::NotFound.
[[nodiscard]] std::vector<Result<>> advance_all(netlink::Socket& socket, std::span<const SaCounters> wanted);

/// How far to jump over what the other gateway may have sent since it last told: twice the packets of the time that its
/// word may be old (`exposure`), at the highest rate seen, in packets a second; at least 2^14, at most `longest_jump`.
inline constexpr std::uint64_t longest_jump = 1ULL << 30;
[[nodiscard]] std::uint64_t jump_for(std::uint64_t packets_per_second, std::chrono::milliseconds exposure);

} // namespace linkspan::xfrm
