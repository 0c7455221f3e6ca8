#include "ha/counter_frame.h"

#include <boost/endian/conversion.hpp>

#include <algorithm>

namespace linkspan::ha {
namespace {

constexpr std::size_t head_size = 8 + 1 + 1;       // epoch, last, how many
constexpr std::size_t entry_size = 1 + 16 + 4 + 8; // family, destination, SPI, number

template <typename T>
void put(std::string& bytes, T value)
{
    const T big = boost::endian::native_to_big(value);
    bytes.append(reinterpret_cast<const char*>(&big), sizeof big);
}

template <typename T>
T get(std::span<const std::uint8_t>& bytes)
{
    T value;
    std::copy_n(bytes.data(), sizeof value, reinterpret_cast<std::uint8_t*>(&value));
    bytes = bytes.subspan(sizeof value);
    return boost::endian::big_to_native(value);
}

std::unexpected<Error> malformed(const char* why)
{
    return failure(Kind::Protocol, std::string{"a frame of counters that "} + why);
}

} // namespace

std::string encode(const CounterFrame& frame)
{
    std::string bytes;
    const auto count = std::min(frame.told.size(), most_told);
    bytes.reserve(head_size + count * entry_size);
    put(bytes, frame.epoch.value);
    put(bytes, static_cast<std::uint8_t>(frame.last));
    put(bytes, static_cast<std::uint8_t>(count));
    for (const auto& told : std::span{frame.told}.first(count)) {
        put(bytes, static_cast<std::uint8_t>(told.destination.family == Family::V4 ? 4 : 6));
        bytes.append(reinterpret_cast<const char*>(told.destination.bytes.data()), told.destination.bytes.size());
        put(bytes, told.spi.value);
        put(bytes, told.number);
    }
    return bytes;
}

Result<CounterFrame> decode_counter_frame(std::span<const std::uint8_t> bytes)
{
    if (bytes.size() < head_size) return malformed("ends too soon");
    CounterFrame frame;
    frame.epoch = {get<std::uint64_t>(bytes)};
    const auto last = get<std::uint8_t>(bytes);
    const auto count = get<std::uint8_t>(bytes);
    if (last > 1) return malformed("is neither the last nor another");
    if (count > most_told || bytes.size() != count * entry_size) return malformed("does not hold what it says");
    frame.last = last == 1;
    frame.told.reserve(count);
    for (std::uint8_t i = 0; i < count; ++i) {
        const auto family = get<std::uint8_t>(bytes);
        if (family != 4 && family != 6) return malformed("has an address of no family");
        Told told;
        told.destination = IpAddress::from_bytes(bytes.first(family == 4 ? 4 : 16));
        bytes = bytes.subspan(16);
        told.spi = {get<std::uint32_t>(bytes)};
        told.number = get<std::uint64_t>(bytes);
        frame.told.push_back(told);
    }
    return frame;
}

} // namespace linkspan::ha
