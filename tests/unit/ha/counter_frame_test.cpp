#include "ha/counter_frame.h"

#include <gtest/gtest.h>

namespace linkspan::ha {
namespace {

std::span<const std::uint8_t> bytes(const std::string& text)
{
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

CounterFrame sample(bool last)
{
    return {{2},
            last,
            {{IpAddress::parse("198.51.100.7").value(), Spi{1}, 0x1'0000'0001},
             {IpAddress::parse("203.0.113.10").value(), Spi{2}, 7}}};
}

TEST(CounterFrame, IsReadAsItWasWritten)
{
    auto told = sample(true);
    told.told.push_back({IpAddress::parse("2001:db8::1").value(), Spi{0xffff'ffff}, ~std::uint64_t{0}});
    EXPECT_EQ(decode_counter_frame(bytes(encode(told))), told);
    EXPECT_EQ(decode_counter_frame(bytes(encode(CounterFrame{}))), CounterFrame{});
}

TEST(CounterFrame, OfAnyOtherLengthOrWithOtherValuesIsRefused)
{
    const auto good = encode(sample(false));
    for (std::size_t length = 0; length < good.size(); ++length)
        EXPECT_FALSE(decode_counter_frame(bytes(good.substr(0, length)))) << length;
    EXPECT_FALSE(decode_counter_frame(bytes(good + "x")));
    auto bad = good;
    bad[8] = 2;
    EXPECT_FALSE(decode_counter_frame(bytes(bad)));
    bad = good;
    bad[10] = 5;
    EXPECT_FALSE(decode_counter_frame(bytes(bad)));
}

} // namespace
} // namespace linkspan::ha
