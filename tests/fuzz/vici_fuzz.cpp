#include "ike/codec.h"
#include "ike/packet.h"
#include "ike/sa_codec.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

/// What charon sends: a stream of packets, each of which may hold a message, each of which may be an IKE_SA.
/// Beyond not crashing: however the stream is cut the packets are the same, and what was decoded encodes to its bytes.

namespace {

using namespace linkspan::ike;

void require(bool condition)
{
    if (!condition) std::abort();
}

std::vector<Packet> packets_of(std::span<const char> stream, std::size_t chunk)
{
    PacketReader reader;
    std::vector<Packet> packets;
    while (!stream.empty()) {
        const auto part = stream.first(std::min(chunk, stream.size()));
        stream = stream.subspan(part.size());
        reader.feed(part);
        for (auto packet = reader.next(); packet && *packet; packet = reader.next())
            packets.push_back(std::move(**packet));
    }
    return packets;
}

void round_trip(std::span<const char> bytes)
{
    auto message = decode(bytes);
    if (!message) return;
    auto size = encoded_size(*message);
    require(size && *size == bytes.size());
    std::string again(*size, '\0');
    encode(*message, again);
    require(std::ranges::equal(again, bytes));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::span input{reinterpret_cast<const char*>(data), size};
    const auto packets = packets_of(input, input.size() + 1);
    require(packets == packets_of(input, 7));
    for (const Packet& packet : packets) {
        (void)decode_sa(packet.message);
        require(encode_packet(packet.type, packet.name, packet.message).has_value());
    }
    round_trip(input);
    return 0;
}
