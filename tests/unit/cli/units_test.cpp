#include "cli/units.h"

#include <gtest/gtest.h>

namespace linkspan::cli {
namespace {

using namespace std::chrono;

TEST(Units, DurationsHaveTheTwoLargestUnits)
{
    EXPECT_EQ(duration_text(0), "0 s");
    EXPECT_EQ(duration_text(59), "59 s");
    EXPECT_EQ(duration_text(60), "1 min");
    EXPECT_EQ(duration_text(185), "3 min 5 s");
    EXPECT_EQ(duration_text(7200 + 59), "2 h");
    EXPECT_EQ(duration_text(86400 * 12 + 3600 * 4 + 59), "12 d 4 h");
}

TEST(Units, BytesArePowersOf1024)
{
    EXPECT_EQ(bytes_text(0), "0 B");
    EXPECT_EQ(bytes_text(1023), "1023 B");
    EXPECT_EQ(bytes_text(1024), "1.0 KiB");
    EXPECT_EQ(bytes_text(1234567), "1.2 MiB");
    EXPECT_EQ(bytes_text(1024 * 1024 - 1), "1.0 MiB") << "not 1024.0 KiB";
    EXPECT_EQ(bytes_text(UINT64_MAX), "16.0 EiB");
}

TEST(Units, TimesAreRead)
{
    EXPECT_EQ(parse_time("1970-01-01T00:00:00Z"), WallTime{});
    EXPECT_EQ(parse_time("2026-11-20T11:06:57Z"), WallTime{sys_days{2026y / November / 20}} + 11h + 6min + 57s);
    for (const char* bad : {"", "2026-11-20", "2026-11-20T11:06:57", "2026-13-20T11:06:57Z", "2026-02-30T11:06:57Z",
                            "2026-11-20T25:06:57Z", "2026-11-20T-1:06:57Z", "x026-11-20T11:06:57Z"})
        EXPECT_EQ(parse_time(bad), std::nullopt) << bad;
}

TEST(Units, MomentsAreAbsoluteAndRelative)
{
    const WallTime now = *parse_time("2026-11-20T11:10:02Z");
    EXPECT_EQ(moment_text("2026-11-20T11:06:57Z", now), "2026-11-20 11:06:57 UTC (3 min 5 s ago)");
    EXPECT_EQ(moment_text("2026-11-20T12:00:00Z", now), "2026-11-20 12:00:00 UTC (0 s ago)") << "clocks step back";
    EXPECT_EQ(moment_text("", now), "an unknown time");
    EXPECT_EQ(age_text("2026-11-20T11:06:57Z", now), "3 min 5 s");
    EXPECT_EQ(age_text("", now), "-");
}

TEST(Units, OneIsNotMany)
{
    EXPECT_EQ(counted(0, "packet"), "0 packets");
    EXPECT_EQ(counted(1, "packet"), "1 packet");
    EXPECT_EQ(counted(2, "packet"), "2 packets");
}

} // namespace
} // namespace linkspan::cli
