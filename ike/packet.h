#pragma once

#include "base/error.h"
#include "ike/message.h"
#include "ike/wire_buffer.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace linkspan::ike {

/// What travels on charon's socket: a 32-bit big-endian length, a type byte, for some types a name with an 8-bit
/// length, for some a message.
enum class PacketType : std::uint8_t {
    Request = 0,         ///< name, message
    Response = 1,        ///< message
    UnknownCommand = 2,  ///< nothing
    EventRegister = 3,   ///< name
    EventUnregister = 4, ///< name
    EventConfirm = 5,    ///< nothing
    EventUnknown = 6,    ///< nothing
    Event = 7,           ///< name, message
};

struct Packet {
    PacketType type = PacketType::Response;
    std::string name = {};
    Message message = {};
    bool operator==(const Packet&) const = default;
};

/// The packet with its length in front, ready to be sent. Kind::Config where something is too long to be sent.
[[nodiscard]] Result<WireBuffer> encode_packet(PacketType type, std::string_view name, const Message& message);

/// The packet behind a length, which is not part of `bytes`. Kind::Protocol for anything malformed.
[[nodiscard]] Result<Packet> decode_packet(std::span<const char> bytes);

/// Makes packets of a byte stream, however it is cut. Holds at most one packet's bytes and what was fed last.
/// After an error the stream has no known packet boundary any more, and every further call answers that error.
class PacketReader {
public:
    void feed(std::span<const char> bytes);
    /// The next complete packet, or nothing until more bytes are fed.
    [[nodiscard]] Result<std::optional<Packet>> next();

private:
    std::string buffer_;
    std::size_t start_ = 0; ///< of the first byte not yet consumed
    std::optional<Error> broken_;
};

} // namespace linkspan::ike
