#include "egress/ip_packet.h"

#include "packets.h"

#include <gtest/gtest.h>

namespace linkspan::egress {
namespace {

TEST(IpPacket, OfWhichOnlyTheHeadWasKeptIsReadAsFarAsItGoes)
{
    const std::vector<std::uint8_t> payload(200, 7);
    const auto packet = udp("10.1.0.10", 40'000, "192.0.2.7", 53, payload);
    const auto head = std::span{packet}.first(64);
    EXPECT_FALSE(decode_ip(head));
    const auto read = decode_ip_head(head);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->protocol, 17);
    EXPECT_EQ(read->destination.text(), "192.0.2.7");
    EXPECT_EQ(read->bytes.size(), 44U);
    for (std::size_t size = 0; size < 20; ++size) EXPECT_FALSE(decode_ip_head(head.first(size))) << size;
}

TEST(IpPacket, AFragmentIsNone)
{
    auto packet = udp("10.1.0.10", 40'000, "192.0.2.7", 53, {});
    packet[6] = 0x20;
    EXPECT_FALSE(decode_ip(packet));
}

} // namespace
} // namespace linkspan::egress
