#include "ike/log_line.h"

#include <gtest/gtest.h>

namespace linkspan::ike {
namespace {

TEST(LogLine, OfAConnection)
{
    EXPECT_EQ(parse_log_line("07[IKE] <azure-hub|3> received AUTHENTICATION_FAILED notify error"),
              (LogLine{"azure-hub", 3, "received AUTHENTICATION_FAILED notify error"}));
    EXPECT_EQ(parse_log_line("112[CFG] <a|18446744073709551615> x"), (LogLine{"a", 18446744073709551615U, "x"}));
}

TEST(LogLine, OfAnAttemptThatIsNobodysYet)
{
    EXPECT_EQ(parse_log_line("15[IKE] <12> 198.51.100.7 is initiating an IKE_SA"),
              (LogLine{"", 12, "198.51.100.7 is initiating an IKE_SA"}));
}

TEST(LogLine, OutsideOfAnyAttempt)
{
    EXPECT_EQ(parse_log_line("00[CFG] loaded IKE shared key"), (LogLine{"", 0, "loaded IKE shared key"}));
    EXPECT_EQ(parse_log_line("00[CFG] <what a peer wrote> x"), (LogLine{"", 0, "<what a peer wrote> x"}));
    EXPECT_EQ(parse_log_line("00[CFG] <a|> x"), (LogLine{"", 0, "<a|> x"}));
    EXPECT_EQ(parse_log_line("00[CFG] <a|1"), (LogLine{"", 0, "<a|1"}));
    EXPECT_EQ(parse_log_line("00[CFG] "), (LogLine{}));
}

TEST(LogLine, WhatCharonDidNotWriteIsNone)
{
    for (const auto* text : {"", "x", "[IKE] x", "00[IKE]x", "00[I] x", "0000000[IKE] x", "00[IKELONG] x", "00IKE] x"})
        EXPECT_FALSE(parse_log_line(text)) << text;
}

} // namespace
} // namespace linkspan::ike
