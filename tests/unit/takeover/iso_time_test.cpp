#include "takeover/iso_time.h"

#include <gtest/gtest.h>

namespace linkspan::takeover {
namespace {

TEST(IsoTime, is_read_as_utc)
{
    EXPECT_EQ(iso_time("2015-08-30T12:36:00Z"), WallTime{std::chrono::seconds{1'440'938'160}});
    EXPECT_EQ(iso_time("2015-08-30T12:36:00.123Z"), WallTime{std::chrono::seconds{1'440'938'160}});
}

TEST(IsoTime, anything_else_is_none)
{
    for (const auto* text :
         {"", "Z", "2015-08-30", "2015-08-30T12:36:00", "2015-13-30T12:36:00Z", "2015-02-30T12:36:00Z",
          "2015-08-30 12:36:00Z", "aaaa-08-30T12:36:00Z", "2015-08-30T12:36:00+02:00"})
        EXPECT_EQ(iso_time(text), std::nullopt) << text;
}

} // namespace
} // namespace linkspan::takeover
