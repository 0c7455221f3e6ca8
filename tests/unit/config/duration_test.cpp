#include "config/duration.h"

#include <gtest/gtest.h>

namespace linkspan::config {
namespace {

using namespace std::chrono_literals;

TEST(Duration, ReadsUnitsFromLargeToSmall)
{
    EXPECT_EQ(parse_duration("30s").value(), 30s);
    EXPECT_EQ(parse_duration("1h30m").value(), 90min);
    EXPECT_EQ(parse_duration("2d1s").value(), 48h + 1s);
    EXPECT_EQ(parse_duration("0s").value(), 0s);
}

TEST(Duration, RefusesEverythingElse)
{
    for (auto text :
         {"", "30", "s", "1m1h", "1h1h", "1.5h", "-1s", "1 h", "1w", "4 hours", "99999999999999999999s", "1h30", "+1s"})
        EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Duration, NeverOverflows)
{
    EXPECT_FALSE(parse_duration("9223372036854775807d"));
    EXPECT_FALSE(parse_duration("9223372036854775807s"));
}

TEST(Duration, WritesWhatItReads)
{
    for (auto text : {"30s", "1h30m", "2d1s", "0s", "1d", "59m59s"})
        EXPECT_EQ(duration_text(parse_duration(text).value()), text);
}

} // namespace
} // namespace linkspan::config
