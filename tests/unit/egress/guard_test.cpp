#include "egress/guard.h"

#include <gtest/gtest.h>

namespace linkspan::egress {
namespace {

IpAddress address(std::string_view text)
{
    return *IpAddress::parse(text);
}

TEST(Guard, LetsInWhatTheInternetHas)
{
    const Guard guard{{}, {}};
    for (const auto text : {"8.8.8.8", "198.51.100.1", "203.0.113.7", "172.32.0.1", "100.128.0.1", "2606:4700::1",
                            "2001:db8::1", "64:ff9b::808:808"})
        EXPECT_TRUE(guard.lets_in(address(text))) << text;
}

TEST(Guard, KeepsOutWhatLeadsInwards)
{
    const Guard guard{{}, {}};
    for (const auto text : {"0.0.0.0",
                            "10.1.2.3",
                            "100.64.0.1",
                            "127.0.0.1",
                            "169.254.169.254",
                            "172.16.0.1",
                            "172.31.255.255",
                            "192.168.1.1",
                            "198.18.0.1",
                            "224.0.0.1",
                            "255.255.255.255",
                            "::",
                            "::1",
                            "::ffff:10.0.0.1",
                            "fd00::1",
                            "fe80::1",
                            "ff02::1",
                            "2002:a00:1::",
                            "2001:0:1::",
                            "64:ff9b::10.0.0.1",
                            "64:ff9b:1::1"})
        EXPECT_FALSE(guard.lets_in(address(text))) << text;
}

TEST(Guard, LetsInWhatAPersonOpened)
{
    const Guard guard{{}, {*IpPrefix::parse("10.20.0.0/16")}};
    EXPECT_TRUE(guard.lets_in(address("10.20.3.4")));
    EXPECT_TRUE(guard.lets_in(address("64:ff9b::10.20.3.4")));
    EXPECT_FALSE(guard.lets_in(address("10.21.3.4")));
}

TEST(Guard, KeepsOutWhatIsOursWhoeverOpenedIt)
{
    const Guard guard{{*IpPrefix::parse("203.0.113.10/32"), *IpPrefix::parse("10.20.3.0/24")},
                      {*IpPrefix::parse("10.20.0.0/16")}};
    EXPECT_FALSE(guard.lets_in(address("203.0.113.10")));
    EXPECT_FALSE(guard.lets_in(address("10.20.3.4")));
    EXPECT_TRUE(guard.lets_in(address("203.0.113.11")));
}

} // namespace
} // namespace linkspan::egress
