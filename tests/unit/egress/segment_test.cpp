#include "egress/segment.h"

#include "packets.h"

#include <gtest/gtest.h>

namespace linkspan::egress {
namespace {

TEST(Segment, IsReadWithItsPlaceAndPayload)
{
    const std::vector<std::uint8_t> payload{1, 2, 3};
    const auto packet = tcp("10.1.0.10", 40'000, "192.0.2.7", 443, {.sequence = 0xdeadbeef, .flags = 0x11}, payload);
    const auto segment = decode_segment(packet);
    ASSERT_TRUE(segment);
    EXPECT_EQ(segment->flow.source.text(), "10.1.0.10");
    EXPECT_EQ(segment->flow.destination_port, 443);
    EXPECT_EQ(segment->sequence, 0xdeadbeefU);
    EXPECT_FALSE(segment->syn);
    EXPECT_TRUE(segment->ends);
    EXPECT_EQ(segment->payload.size(), 3U);
}

TEST(Segment, WhatIsCutShortOrSomethingElseIsRefused)
{
    const auto packet = tcp("10.1.0.10", 40'000, "192.0.2.7", 443, {.flags = 2});
    for (std::size_t size = 0; size < packet.size(); ++size)
        EXPECT_FALSE(decode_segment(std::span{packet}.first(size))) << size;
    EXPECT_FALSE(decode_segment(udp("10.1.0.10", 1, "192.0.2.7", 2, {})));
    auto lies = packet;
    lies[32] = 0xf0; // a header of 60 bytes
    EXPECT_FALSE(decode_segment(lies));
}

} // namespace
} // namespace linkspan::egress
