#include "base/traffic_selector.h"

#include <gtest/gtest.h>

namespace linkspan {
namespace {

class TrafficSelectorText : public testing::TestWithParam<const char*> {};

TEST_P(TrafficSelectorText, IsReadAndWrittenAlike)
{
    const auto selector = TrafficSelector::parse(GetParam());
    ASSERT_TRUE(selector) << selector.error().what;
    EXPECT_EQ(selector->text(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Some, TrafficSelectorText,
                         testing::Values("10.1.0.0/16", "0.0.0.0/0", "fd01::/48", "10.1.0.0/16[tcp/443]",
                                         "10.1.0.0/16[udp]", "10.1.0.0/16[icmp]", "fd01::/48[ipv6-icmp]",
                                         "10.1.0.0/16[gre]", "10.1.0.0/16[200]"));

TEST(TrafficSelector, ANumberIsAsGoodAsAName)
{
    EXPECT_EQ(TrafficSelector::parse("10.1.0.0/16[6/443]"), TrafficSelector::parse("10.1.0.0/16[tcp/443]"));
}

struct Bad {
    const char* text;
    const char* why;
};
class BadTrafficSelector : public testing::TestWithParam<Bad> {};

TEST_P(BadTrafficSelector, IsRefusedWithItsReason)
{
    const auto selector = TrafficSelector::parse(GetParam().text);
    ASSERT_FALSE(selector);
    EXPECT_NE(selector.error().what.find(GetParam().why), std::string::npos) << selector.error().what;
}

INSTANTIATE_TEST_SUITE_P(Some, BadTrafficSelector,
                         testing::Values(Bad{"10.1.0.1/16", "host bits"}, Bad{"10.1.0.0/16[tcp", "closing bracket"},
                                         Bad{"10.1.0.0/16[tcp/443] ", "closing bracket"},
                                         Bad{"10.1.0.0/16[]", "no protocol"}, Bad{"10.1.0.0/16[http]", "no protocol"},
                                         Bad{"10.1.0.0/16[0]", "no protocol"}, Bad{"10.1.0.0/16[256]", "no protocol"},
                                         Bad{"10.1.0.0/16[tcp/]", "no port"}, Bad{"10.1.0.0/16[tcp/0]", "no port"},
                                         Bad{"10.1.0.0/16[tcp/65536]", "no port"},
                                         Bad{"10.1.0.0/16[tcp/https]", "no port"},
                                         Bad{"10.1.0.0/16[tcp/80-90]", "no ranges"},
                                         Bad{"10.1.0.0/16[icmp/8]", "icmp has no ports"}));

TEST(TrafficSelector, ContainsWhatIsNarrower)
{
    const auto at = [](const char* text) { return TrafficSelector::parse(text).value(); };
    EXPECT_TRUE(at("10.0.0.0/8").contains(at("10.1.0.0/16[tcp/443]")));
    EXPECT_TRUE(at("10.0.0.0/8[tcp]").contains(at("10.1.0.0/16[tcp/443]")));
    EXPECT_TRUE(at("10.0.0.0/8[tcp/443]").contains(at("10.0.0.0/8[tcp/443]")));
    EXPECT_FALSE(at("10.0.0.0/8[tcp/443]").contains(at("10.1.0.0/16[tcp]")));
    EXPECT_FALSE(at("10.0.0.0/8[tcp]").contains(at("10.1.0.0/16")));
    EXPECT_FALSE(at("10.0.0.0/8[tcp]").contains(at("10.1.0.0/16[udp]")));
    EXPECT_FALSE(at("10.1.0.0/16").contains(at("10.0.0.0/8")));
    EXPECT_FALSE(at("10.1.0.0/16").contains(at("fd01::/48")));
}

} // namespace
} // namespace linkspan
