#include "egress/pin_journal.h"

#include <gmock/gmock.h>

namespace linkspan::egress {
namespace {

using namespace std::chrono_literals;

const IpAddress client = *IpAddress::parse("10.1.0.10"), there = *IpAddress::parse("2001:db8::7");
const WallTime wall{1'764'366'000s};
const Monotonic now{1000s};

TEST(PinJournal, LinesAreReadAsTheyWereWritten)
{
    const auto text =
        pin_line(wall + 60s, client, there, "a.example") + pin_line(wall + 90s, client, there, "b.example");
    const auto all = read_pin_lines(text, wall, now);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].client, client);
    EXPECT_EQ(all[0].address, there);
    EXPECT_EQ(all[0].until, now + 90s);
    ASSERT_EQ(all[0].names.size(), 2U);
    EXPECT_EQ(all[0].names.back()->text(), "b.example");
}

TEST(PinJournal, WhatIsOverOrDamagedIsPassedOver)
{
    const auto good = pin_line(wall + 60s, client, there, "a.example");
    EXPECT_EQ(read_pin_lines(pin_line(wall, client, there, "a.example"), wall, now).size(), 0U);
    EXPECT_EQ(read_pin_lines("nonsense\n\n1 2 3 4\n" + good + good.substr(0, 20), wall, now).size(), 1U);
}

} // namespace
} // namespace linkspan::egress
