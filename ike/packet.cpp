#include "ike/packet.h"

#include "ike/codec.h"

#include <algorithm>

namespace linkspan::ike {
namespace {

constexpr std::size_t length_size = 4;

constexpr bool is_named(PacketType type)
{
    return type == PacketType::Request || type == PacketType::EventRegister || type == PacketType::EventUnregister ||
           type == PacketType::Event;
}

constexpr bool has_message(PacketType type)
{
    return type == PacketType::Request || type == PacketType::Response || type == PacketType::Event;
}

std::uint32_t read_length(std::span<const char> bytes)
{
    std::uint32_t length = 0;
    for (char c : bytes.first(length_size)) length = length << 8 | static_cast<unsigned char>(c);
    return length;
}

void write_length(std::span<char> out, std::size_t length)
{
    for (std::size_t i = 0; i < length_size; ++i) out[i] = static_cast<char>(length >> 8 * (length_size - 1 - i));
}

} // namespace

Result<WireBuffer> encode_packet(PacketType type, std::string_view name, const Message& message)
{
    if (name.size() > max_name) return failure(Kind::Bug, "a VICI command name longer than 255 bytes");
    auto size = encoded_size(message);
    TRY(size);
    const std::size_t head = 1 + (is_named(type) ? 1 + name.size() : 0);
    if (head + *size > max_packet)
        return failure(Kind::Config, std::string{name} + ": larger than 512 KiB, the most charon takes in one packet");

    WireBuffer buffer{length_size + head + *size};
    auto out = buffer.bytes();
    write_length(out, head + *size);
    out[length_size] = static_cast<char>(type);
    if (is_named(type)) {
        out[length_size + 1] = static_cast<char>(name.size());
        std::ranges::copy(name, out.subspan(length_size + 2).begin());
    }
    encode(message, out.subspan(length_size + head));
    return buffer;
}

Result<Packet> decode_packet(std::span<const char> bytes)
{
    if (bytes.empty()) return failure(Kind::Protocol, "an empty VICI packet");
    Packet packet;
    const auto type = static_cast<std::uint8_t>(bytes[0]);
    if (type > static_cast<std::uint8_t>(PacketType::Event))
        return failure(Kind::Protocol, "a VICI packet of unknown type");
    packet.type = static_cast<PacketType>(type);
    bytes = bytes.subspan(1);

    if (is_named(packet.type)) {
        if (bytes.empty()) return failure(Kind::Protocol, "a VICI packet that ends before its name");
        const auto size = static_cast<std::size_t>(static_cast<unsigned char>(bytes[0]));
        if (bytes.size() < 1 + size) return failure(Kind::Protocol, "a VICI packet that ends within its name");
        packet.name.assign(bytes.data() + 1, size);
        bytes = bytes.subspan(1 + size);
    }
    if (has_message(packet.type)) {
        auto message = decode(bytes);
        TRY(message);
        packet.message = std::move(*message);
    } else if (!bytes.empty()) {
        return failure(Kind::Protocol, "a VICI packet with bytes after its end");
    }
    return packet;
}

void PacketReader::feed(std::span<const char> bytes)
{
    if (broken_) return;
    buffer_.erase(0, std::exchange(start_, 0));
    buffer_.append(bytes.data(), bytes.size());
}

Result<std::optional<Packet>> PacketReader::next()
{
    if (broken_) return std::unexpected(*broken_);
    auto rest = std::span<const char>{buffer_}.subspan(start_);
    if (rest.size() < length_size) return std::nullopt;
    const std::uint32_t length = read_length(rest);
    if (length > max_packet) {
        broken_ =
            Error{Kind::Protocol, 0, "a VICI packet of " + std::to_string(length) + " bytes; 512 KiB is the most"};
        return std::unexpected(*broken_);
    }
    if (rest.size() < length_size + length) return std::nullopt;
    auto packet = decode_packet(rest.subspan(length_size, length));
    if (!packet) {
        broken_ = packet.error();
        return std::unexpected(*broken_);
    }
    start_ += length_size + length;
    return std::move(*packet);
}

} // namespace linkspan::ike
