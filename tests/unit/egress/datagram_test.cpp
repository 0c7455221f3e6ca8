#include "egress/datagram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace linkspan::egress {
namespace {

using Bytes = std::vector<std::uint8_t>;

const Bytes udp{0, 53, 0x9c, 0x40, 0, 11, 0, 0, 'd', 'n', 's'}; ///< from port 53 to port 40000

Bytes v4(const Bytes& carried, std::uint8_t protocol = 17, std::uint8_t fragment = 0)
{
    Bytes packet{0x45, 0,        0,        static_cast<std::uint8_t>(20 + carried.size()),
                 0,    1,        fragment, 0,
                 64,   protocol, 0,        0,
                 9,    9,        9,        9,
                 10,   1,        0,        7};
    packet.insert(packet.end(), carried.begin(), carried.end());
    return packet;
}

Bytes v6(const Bytes& carried, std::uint8_t next = 17)
{
    Bytes packet{0x60, 0, 0, 0, 0, static_cast<std::uint8_t>(carried.size()), next, 64};
    packet.resize(40);
    packet[8] = packet[24] = 0x20;
    packet[23] = 1;
    packet[39] = 2;
    packet.insert(packet.end(), carried.begin(), carried.end());
    return packet;
}

std::string outcome(const Bytes& packet)
{
    const auto read = decode_datagram(packet);
    if (!read) return read.error().what;
    return read->source.text() + " " + std::to_string(read->source_port) + " > " + read->destination.text() + " " +
           std::to_string(read->destination_port) + ": " + std::string{read->payload.begin(), read->payload.end()};
}

TEST(Datagram, IsReadOfBothFamilies)
{
    EXPECT_EQ(outcome(v4(udp)), "9.9.9.9 53 > 10.1.0.7 40000: dns");
    EXPECT_EQ(outcome(v6(udp)), "2000::1 53 > 2000::2 40000: dns");
}

TEST(Datagram, StandsBehindOptions)
{
    Bytes packet = v4(udp);
    packet[0] = 0x46;
    packet[3] = static_cast<std::uint8_t>(packet[3] + 4);
    packet.insert(packet.begin() + 20, {1, 1, 1, 1});
    EXPECT_EQ(outcome(packet), "9.9.9.9 53 > 10.1.0.7 40000: dns");
}

TEST(Datagram, EndsWhereItsPacketDoes)
{
    Bytes padded = v4(udp);
    padded.resize(60);
    EXPECT_EQ(outcome(padded), "9.9.9.9 53 > 10.1.0.7 40000: dns");
}

TEST(Datagram, IsNotReadOfAnythingElse)
{
    EXPECT_EQ(outcome({}), "the packet is no IP packet");
    EXPECT_EQ(outcome(v4(udp, 6)), "the packet carries something else than UDP");
    EXPECT_EQ(outcome(v6(udp, 44)), "the packet carries something else than UDP");
    EXPECT_EQ(outcome(v4(udp, 17, 0x20)), "the packet is a fragment");
    EXPECT_EQ(outcome(v4({0, 53, 0x9c, 0x40, 0, 4, 0, 0})), "the packet is cut short") << "shorter than its own header";
}

TEST(Datagram, IsNotReadWhereSomethingIsMissing)
{
    for (const Bytes& whole : {v4(udp), v6(udp)})
        for (std::size_t size = 0; size < whole.size(); ++size)
            EXPECT_FALSE(decode_datagram({whole.data(), size})) << size;
}

} // namespace
} // namespace linkspan::egress
