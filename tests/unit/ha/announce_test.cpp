#include "ha/announce.h"

#include <gtest/gtest.h>

namespace linkspan::ha {
namespace {

using namespace std::chrono_literals;

constexpr Mac mac{0x02, 0, 0, 0xaa, 0xbb, 0xcc};

std::string hex(const EthernetFrame& frame)
{
    constexpr const char* digits = "0123456789abcdef";
    std::string text;
    for (const auto byte : frame) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

TEST(Announcements, OfIpv4AreARequestAndAReply)
{
    const auto frames = announcements(IpAddress::parse("203.0.113.10").value(), mac);
    ASSERT_EQ(frames.size(), 2u);
    const std::string head = "ffffffffffff"
                             "020000aabbcc"
                             "0806"
                             "0001"
                             "0800"
                             "06"
                             "04";
    const std::string tail = "020000aabbcc"
                             "cb00710a"
                             "ffffffffffff"
                             "cb00710a";
    EXPECT_EQ(hex(frames[0]), head + "0001" + tail);
    EXPECT_EQ(hex(frames[1]), head + "0002" + tail);
}

TEST(Announcements, OfIpv6IsAnAdvertisementOfARouterThatOverrides)
{
    const auto frames = announcements(IpAddress::parse("2001:db8:a::10").value(), mac);
    ASSERT_EQ(frames.size(), 1u);
    const auto& frame = frames[0];
    ASSERT_EQ(frame.size(), 14u + 40u + 32u);
    EXPECT_EQ(hex(frame).substr(0, 28), "333300000001"
                                        "020000aabbcc"
                                        "86dd");
    EXPECT_EQ(frame[14 + 7], 255) << "another hop limit is not taken (RFC 4861)";
    EXPECT_EQ(frame[54], 136);
    EXPECT_EQ(frame[58], 0xa0);
    std::uint32_t sum = 58 + 32; // over pseudo header and message, the checksum in it, it comes to all ones
    for (std::size_t i = 22; i < frame.size(); i += 2) sum += std::uint32_t{frame[i]} << 8 | frame[i + 1];
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    EXPECT_EQ(sum, 0xffffu);
}

TEST(Announcements, ComeAtFiveMomentsAndThenRegularly)
{
    EXPECT_EQ(until_next_announcement(0), 0ms);
    EXPECT_EQ(until_next_announcement(1), 50ms);
    EXPECT_EQ(until_next_announcement(2), 150ms);
    EXPECT_EQ(until_next_announcement(3), 800ms);
    EXPECT_EQ(until_next_announcement(4), 4000ms);
    EXPECT_EQ(until_next_announcement(5), announce_refresh);
}

} // namespace
} // namespace linkspan::ha
