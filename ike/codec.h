#pragma once

#include "base/error.h"
#include "ike/message.h"

#include <cstddef>
#include <span>
#include <string_view>

namespace linkspan::ike {

/// The element encoding of VICI messages (strongSwan, src/libcharon/plugins/vici/README.md): every element is a type
/// byte, a name with an 8-bit length where it has one, and a value with a 16-bit big-endian length where it has one.

inline constexpr std::size_t max_name = 255;      ///< bytes of a name
inline constexpr std::size_t max_value = 65535;   ///< bytes of a value
inline constexpr std::size_t max_depth = 16;      ///< nested sections; charon's own messages nest four deep
inline constexpr std::size_t max_packet = 524288; ///< bytes of a packet; charon refuses more (vici_socket.c)

/// How many bytes `encode` writes. Kind::Config where a name or value is too long to be sent, Kind::Bug where sections
/// nest too deep.
[[nodiscard]] Result<std::size_t> encoded_size(const Message& message);

/// Writes the message into `out`, which has exactly the size `encoded_size` answered.
void encode(const Message& message, std::span<char> out);

/// Kind::Protocol for anything that is not a well-formed message. Linear in the bytes; allocates no more than a
/// constant times them.
[[nodiscard]] Result<Message> decode(std::span<const char> bytes);

} // namespace linkspan::ike
