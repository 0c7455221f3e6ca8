#include "ha/copy_frame.h"
#include "ha/frame.h"

#include <gtest/gtest.h>
#include <netinet/in.h>

namespace linkspan::ha {
namespace {

Flow::End end(const char* address, std::uint16_t port)
{
    return {IpAddress::parse(address).value(), port};
}

FlowNews translated()
{
    return {{IPPROTO_TCP, end("10.1.0.7", 4711), end("192.0.2.7", 443), end("192.0.2.7", 443),
             end("203.0.113.10", 1024), 5, 0x1ae, 0x1000'0001, 431'999, 3, 0x23, 0x22},
            false};
}

FlowNews ended()
{
    return {{IPPROTO_UDP, end("2001:db8::7", 53), end("2001:db8:1::7", 53), end("2001:db8:1::7", 53),
             end("2001:db8::7", 53)},
            true};
}

TEST(FlowFrame, IsReadAsItWasWritten)
{
    const std::vector news{translated(), ended()};
    const auto frames = flow_frames({6}, news);
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_EQ(decode_flow_frame(frames.front()), (FlowFrame{{6}, news}));
    EXPECT_TRUE(flow_frames({6}, {}).empty());
}

TEST(FlowFrame, ManyGoInFramesThatFitTheWire)
{
    const std::vector news(100, translated());
    std::size_t read = 0;
    const auto frames = flow_frames({6}, news);
    EXPECT_GT(frames.size(), 1U);
    for (const auto& frame : frames) {
        EXPECT_LE(frame.size(), largest_payload);
        const auto decoded = decode_flow_frame(frame);
        ASSERT_TRUE(decoded);
        read += decoded->news.size();
    }
    EXPECT_EQ(read, news.size());
}

TEST(FlowFrame, OfAnyOtherLengthOrWithOtherValuesIsRefused)
{
    const auto good = flow_frames({6}, std::vector{translated()}).front();
    for (std::size_t length = 0; length < good.size(); ++length) {
        const bool whole = length == 8; // of none
        EXPECT_EQ(decode_flow_frame(std::span{good}.first(length)).has_value(), whole) << length;
    }
    const auto broken = [&](std::size_t at, std::uint8_t value) {
        auto bad = good;
        bad[at] = value;
        return decode_flow_frame(bad).has_value();
    };
    EXPECT_FALSE(broken(8, 5)) << "no such family";
    EXPECT_FALSE(broken(9, IPPROTO_ICMP)) << "no such session";
    EXPECT_FALSE(broken(10, 2)) << "neither there nor gone";
}

TEST(LineFrame, IsReadAsItWasWritten)
{
    const std::vector<std::string> lines{"1764366000 10.1.0.10 192.0.2.7 www.example.com\n", "second\n"};
    const auto frames = line_frames({7}, lines);
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_EQ(decode_line_frame(frames.front()), (LineFrame{{7}, lines[0] + lines[1]}));
    EXPECT_FALSE(decode_line_frame(std::span{frames.front()}.first(7)));
    EXPECT_FALSE(decode_line_frame(std::span{frames.front()}.first(20))) << "half a line";
}

TEST(LineFrame, LinesStayWhole)
{
    const std::vector<std::string> lines(50, std::string(100, 'x') + "\n");
    const auto frames = line_frames({7}, lines);
    std::string all;
    for (const auto& frame : frames) {
        EXPECT_LE(frame.size(), largest_payload);
        const auto decoded = decode_line_frame(frame);
        ASSERT_TRUE(decoded);
        all += decoded->lines;
    }
    EXPECT_EQ(all.size(), 50U * 101);
    EXPECT_TRUE(line_frames({7}, std::vector{std::string(2'000, 'x') + "\n"}).empty());
}

} // namespace
} // namespace linkspan::ha
