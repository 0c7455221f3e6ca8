#include "agent/probe.h"

#include <algorithm>

namespace linkspan::agent {
namespace {

struct Types {
    std::uint8_t request = 0;
    std::uint8_t reply = 0;
};

constexpr Types types_of(Family family)
{
    return family == Family::V4 ? Types{8, 0} : Types{128, 129};
}

void put16(std::span<std::uint8_t> at, std::uint16_t value)
{
    at[0] = static_cast<std::uint8_t>(value >> 8);
    at[1] = static_cast<std::uint8_t>(value);
}

std::uint16_t get16(std::span<const std::uint8_t> at)
{
    return static_cast<std::uint16_t>(at[0] << 8 | at[1]);
}

/// RFC 1071, of an even number of bytes.
std::uint16_t checksum(std::span<const std::uint8_t> bytes)
{
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) sum += get16(bytes.subspan(i));
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

constexpr std::size_t least_ip_header = 20;
constexpr std::size_t icmp_header = 8;

} // namespace

ProbeState after_interval(ProbeState state, std::uint32_t lost)
{
    if (state.outstanding >= lost) {
        state.verdict = ProbeState::Verdict::Lost;
        state.good = 0;
    }
    ++state.sent;
    state.outstanding = std::min(state.outstanding + 1, lost);
    return state;
}

ProbeState after_answer(ProbeState state, std::uint16_t sequence, std::uint32_t lost)
{
    using enum ProbeState::Verdict;
    const auto age = static_cast<std::uint16_t>(state.sent - sequence);
    if (age >= state.outstanding) return state;
    const bool follows = sequence == static_cast<std::uint16_t>(state.answered + 1);
    state.good = follows ? std::min(state.good + 1, lost) : 1;
    state.answered = sequence;
    state.outstanding = age;
    if (state.verdict == Unknown || state.good >= lost) state.verdict = Alive;
    return state;
}

std::array<std::uint8_t, echo_size> echo_request(Family family, std::uint16_t identifier, std::uint16_t sequence)
{
    std::array<std::uint8_t, echo_size> packet{};
    const std::span<std::uint8_t> bytes{packet};
    packet[0] = types_of(family).request;
    put16(bytes.subspan(4), identifier);
    put16(bytes.subspan(6), sequence);
    if (family == Family::V4) put16(bytes.subspan(2), checksum(bytes));
    return packet;
}

std::optional<std::uint16_t> answered_sequence(Family family, std::uint16_t identifier,
                                               std::span<const std::uint8_t> packet)
{
    if (family == Family::V4) {
        if (packet.size() < least_ip_header) return {};
        const auto header = std::size_t{packet[0] & 0x0fU} * 4;
        if (header < least_ip_header || header > packet.size()) return {};
        packet = packet.subspan(header);
    }
    if (packet.size() < icmp_header || packet[0] != types_of(family).reply || packet[1] != 0) return {};
    if (get16(packet.subspan(4)) != identifier) return {};
    return get16(packet.subspan(6));
}

} // namespace linkspan::agent
