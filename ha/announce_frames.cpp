#include "ha/announce.h"

#include <algorithm>
#include <iterator>

namespace linkspan::ha {
namespace {

constexpr Mac everybody{0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
constexpr Mac all_nodes{0x33, 0x33, 0, 0, 0, 1}; // ff02::1 on Ethernet

void put(EthernetFrame& frame, auto&& bytes)
{
    std::ranges::copy(bytes, std::back_inserter(frame));
}

void put16(EthernetFrame& frame, std::uint16_t value)
{
    frame.push_back(static_cast<std::uint8_t>(value >> 8));
    frame.push_back(static_cast<std::uint8_t>(value));
}

EthernetFrame ethernet(const Mac& to, const Mac& from, std::uint16_t type)
{
    EthernetFrame frame;
    put(frame, to);
    put(frame, from);
    put16(frame, type);
    return frame;
}

EthernetFrame arp(std::uint16_t operation, const IpAddress& address, const Mac& mac)
{
    auto frame = ethernet(everybody, mac, 0x0806);
    put16(frame, 1);      // Ethernet
    put16(frame, 0x0800); // IPv4
    frame.push_back(6);
    frame.push_back(4);
    put16(frame, operation);
    put(frame, mac);
    put(frame, address.octets());
    put(frame, everybody);
    put(frame, address.octets());
    return frame;
}

/// RFC 1071, over the pseudo header of RFC 8200 and the message.
std::uint16_t icmpv6_checksum(std::span<const std::uint8_t> addresses, std::span<const std::uint8_t> message)
{
    std::uint32_t sum = 58 + static_cast<std::uint32_t>(message.size());
    for (const auto part : {addresses, message})
        for (std::size_t i = 0; i + 1 < part.size(); i += 2) sum += std::uint32_t{part[i]} << 8 | part[i + 1];
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

EthernetFrame advertisement(const IpAddress& address, const Mac& mac)
{
    constexpr std::array<std::uint8_t, 16> to_all{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    auto message = EthernetFrame{136, 0, 0, 0, 0xa0, 0, 0, 0}; // router, override
    put(message, address.octets());
    put(message, std::array<std::uint8_t, 2>{2, 1}); // target link-layer address, in units of 8 bytes
    put(message, mac);
    EthernetFrame addresses;
    put(addresses, address.octets());
    put(addresses, to_all);
    const auto sum = icmpv6_checksum(addresses, message);
    message[2] = static_cast<std::uint8_t>(sum >> 8);
    message[3] = static_cast<std::uint8_t>(sum);

    auto frame = ethernet(all_nodes, mac, 0x86dd);
    put(frame, std::array<std::uint8_t, 4>{0x60, 0, 0, 0});
    put16(frame, static_cast<std::uint16_t>(message.size()));
    frame.push_back(58);
    frame.push_back(255); // or it is not taken
    put(frame, addresses);
    put(frame, message);
    return frame;
}

} // namespace

std::vector<EthernetFrame> announcements(const IpAddress& address, const Mac& mac)
{
    if (address.family == Family::V6) return {advertisement(address, mac)};
    constexpr std::uint16_t request = 1, reply = 2;
    return {arp(request, address, mac), arp(reply, address, mac)};
}

std::chrono::milliseconds until_next_announcement(std::size_t done)
{
    if (done == 0) return announce_at.front();
    return done < announce_at.size() ? announce_at[done] - announce_at[done - 1] : announce_refresh;
}

} // namespace linkspan::ha
