#include "pair/told_flows.h"

#include <gtest/gtest.h>

namespace linkspan::pair {
namespace {

using namespace std::chrono_literals;

constexpr Monotonic begin{1h};

Flow flow(std::uint16_t port)
{
    const auto address = [](const char* text) { return IpAddress::parse(text).value(); };
    return {.protocol = 6, .source = {address("10.1.0.7"), port}, .destination = {address("192.0.2.7"), 443}};
}

TEST(ToldFlows, OneThatIsToldOfNoMoreIsGone)
{
    ToldFlows told;
    told.take({flow(1)}, begin);
    told.take({flow(2)}, begin);
    auto now = begin;
    for (; now < begin + ToldFlows::patience; now += ToldFlows::round) {
        told.take({flow(2)}, now);
        EXPECT_TRUE(told.take_silent(now).empty());
    }
    told.take({flow(2)}, now + 1s);
    const auto silent = told.take_silent(now + 1s);
    ASSERT_EQ(silent.size(), 1U);
    EXPECT_EQ(silent.front(), flow(1));
    EXPECT_EQ(told.size(), 1U);
    EXPECT_TRUE(told.take_silent(now + 1s).empty()) << "it is said once";
}

TEST(ToldFlows, OfADeadGatewayAllStay)
{
    ToldFlows told;
    told.take({flow(1)}, begin);
    EXPECT_TRUE(told.take_silent(begin + 2 * ToldFlows::patience).empty());
    EXPECT_EQ(told.size(), 1U);
}

TEST(ToldFlows, OneThatEndedIsForgotten)
{
    ToldFlows told;
    told.take({flow(1)}, begin);
    told.take({flow(1), true}, begin + 1s);
    EXPECT_EQ(told.size(), 0U);
}

} // namespace
} // namespace linkspan::pair
