#include "egress/streams.h"

#include <gmock/gmock.h>
#include <string_view>

using namespace linkspan;
using namespace linkspan::egress;

namespace {

const Flow flow{*IpAddress::parse("10.1.0.10"), *IpAddress::parse("192.0.2.7"), 40'000, 443};

Segment syn(std::uint32_t sequence)
{
    return {.flow = flow, .sequence = sequence, .syn = true};
}

Segment data(std::uint32_t sequence, std::string_view text)
{
    return {.flow = flow,
            .sequence = sequence,
            .payload = {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}};
}

std::string text_of(const Streams& streams)
{
    const auto bytes = streams.bytes(flow);
    return {bytes.begin(), bytes.end()};
}

TEST(Streams, SegmentsAreJoinedInOrder)
{
    Streams streams{{}};
    EXPECT_EQ(streams.take(syn(99)), Fit::Next);
    EXPECT_EQ(streams.take(data(100, "")), Fit::Next);
    EXPECT_EQ(streams.take(data(100, "abc")), Fit::Next);
    EXPECT_EQ(streams.take(data(103, "def")), Fit::Next);
    EXPECT_EQ(text_of(streams), "abcdef");
}

TEST(Streams, NumbersGoRound)
{
    Streams streams{{}};
    EXPECT_EQ(streams.take(syn(0xffff'fffd)), Fit::Next);
    EXPECT_EQ(streams.take(data(0xffff'fffe, "abc")), Fit::Next);
    EXPECT_EQ(streams.take(data(1, "de")), Fit::Next);
    EXPECT_EQ(text_of(streams), "abcde");
}

TEST(Streams, WhatIsSentAgainMustBeTheSame)
{
    Streams streams{{}};
    (void)streams.take(syn(99));
    (void)streams.take(data(100, "abc"));
    EXPECT_EQ(streams.take(data(100, "abc")), Fit::Old);
    EXPECT_EQ(streams.take(data(101, "bcd")), Fit::Next);
    EXPECT_EQ(streams.take(data(100, "xbc")), Fit::Other);
    EXPECT_EQ(streams.take(data(103, "X")), Fit::Other);
    EXPECT_EQ(text_of(streams), "abcd");
}

TEST(Streams, AGapAndAnUnknownBeginningAreTold)
{
    Streams streams{{}};
    EXPECT_EQ(streams.take(data(100, "abc")), Fit::Unknown);
    (void)streams.take(syn(99));
    EXPECT_EQ(streams.take(data(101, "b")), Fit::Ahead);
    EXPECT_EQ(text_of(streams), "");
}

TEST(Streams, TheOldestGiveWay)
{
    Streams streams{{.streams = 2, .bytes = 8}};
    auto other = syn(1);
    for (std::uint16_t port = 1; port <= 3; ++port) {
        other.flow.source_port = port;
        (void)streams.take(other);
    }
    EXPECT_EQ(streams.size(), 2U);
    (void)streams.take(syn(99));
    (void)streams.take(data(100, "more than eight bytes"));
    EXPECT_EQ(streams.size(), 0U);
    EXPECT_EQ(streams.take(data(121, "abc")), Fit::Unknown);
}

TEST(Streams, WhatIsDoneWithIsDropped)
{
    Streams streams{{}};
    (void)streams.take(syn(99));
    (void)streams.take(data(100, "abcdef"));
    streams.drop(flow, 4);
    EXPECT_EQ(text_of(streams), "ef");
    EXPECT_EQ(streams.take(data(100, "abcdef")), Fit::Old);
    EXPECT_EQ(streams.take(data(106, "g")), Fit::Next);
    EXPECT_EQ(text_of(streams), "efg");
}

} // namespace
