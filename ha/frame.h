#pragma once

#include "ha/keyring.h"
#include "ha/role.h"

#include <cstdint>
#include <expected>
#include <span>
#include <vector>

namespace linkspan::ha {

/// What goes between the two gateways, sealed: XChaCha20-Poly1305 over the payload, the header authenticated with it.
/// On the wire, big endian: "LSHA", format 1, key id, sender (0 or 1), kind, boot (8 bytes), counter (8 bytes), then the
/// sealed payload with its tag of 16. The nonce is made of the header: boot is random for each start, and no counter
/// comes twice within one.

enum class FrameKind : std::uint8_t { Heartbeat = 1, Counters = 2, Sessions = 3, Pins = 4, Missing = 5 };

struct FrameHead {
    Node node = Node::First; ///< the sender
    FrameKind kind = FrameKind::Heartbeat;
    std::uint64_t boot = 0;
    std::uint64_t counter = 0; ///< from 1; of all kinds and paths together
    bool operator==(const FrameHead&) const = default;
};

struct Frame {
    FrameHead head = {};
    std::vector<std::uint8_t> payload = {};
};

inline constexpr std::size_t frame_head_size = 24;
inline constexpr std::size_t frame_overhead = frame_head_size + 16;
inline constexpr std::size_t largest_payload = 1200; ///< fits every path's MTU

/// Why a datagram was not taken; each is counted, none changes anything.
enum class Rejection : std::uint8_t {
    Alien,     ///< not of this protocol
    Truncated, ///< shorter than a frame is, or longer
    Unknown,   ///< sealed with a key we do not hold, or of another format
    Forged,    ///< the seal does not fit
    Reflected, ///< our own
    Replayed,  ///< seen before, or older than what is remembered
    Malformed, ///< sealed by the peer and yet no heartbeat
};
inline constexpr std::size_t rejections = 7;
[[nodiscard]] std::string_view word_of(Rejection rejection); ///< "forged"

/// `payload` has at most largest_payload bytes.
[[nodiscard]] std::vector<std::uint8_t> seal(const Key& key, const FrameHead& head,
                                             std::span<const std::uint8_t> payload);

/// `own_boot` tells our own frames that came back. Whether it was seen before is Replay's to say.
[[nodiscard]] std::expected<Frame, Rejection> open(const Keyring& keys, std::uint64_t own_boot,
                                                   std::span<const std::uint8_t> datagram);

} // namespace linkspan::ha
