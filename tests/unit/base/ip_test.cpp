#include "base/ip.h"

#include <gtest/gtest.h>

#include <sys/socket.h>

namespace linkspan {
namespace {

IpAddress ip(std::string_view text)
{
    return IpAddress::parse(text).value();
}
IpPrefix net(std::string_view text)
{
    return IpPrefix::parse(text).value();
}

TEST(IpAddress, ReadsBothFamilies)
{
    EXPECT_EQ(ip("192.0.2.1").family, Family::V4);
    EXPECT_EQ(ip("2001:db8::1").family, Family::V6);
    EXPECT_EQ(address_family(Family::V4), AF_INET);
    EXPECT_EQ(address_family(Family::V6), AF_INET6);
}

TEST(IpAddress, KeepsNetworkOrderAndAZeroTail)
{
    const auto a = ip("192.0.2.1");
    EXPECT_EQ(a.octets().size(), 4U);
    EXPECT_EQ(a.bytes[0], 192);
    EXPECT_EQ(a.bytes[3], 1);
    EXPECT_EQ(a.bytes[4], 0);
    EXPECT_EQ(IpAddress::from_bytes(a.octets()), a);
    EXPECT_EQ(IpAddress::from_bytes(ip("2001:db8::1").octets()), ip("2001:db8::1"));
    EXPECT_EQ(IpAddress::from_bytes({}), IpAddress::any(Family::V4));
}

TEST(IpAddress, WritesTheShortestForm)
{
    EXPECT_EQ(ip("2001:0db8:0:0:0:0:0:1").text(), "2001:db8::1");
    EXPECT_EQ(ip("10.0.0.1").text(), "10.0.0.1");
}

TEST(IpAddress, RefusesWhatIsNone)
{
    for (auto text : {"", "10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.1/8", "2001:db8::1%eth0", "hub", "1::2::3",
                      " 10.0.0.1", "10.0.0.1 "})
        EXPECT_FALSE(IpAddress::parse(text)) << text;
}

TEST(IpAddress, StopsAtNoHiddenNul)
{
    EXPECT_FALSE(IpAddress::parse(std::string_view{"10.0.0.1\0x", 10}));
}

TEST(IpAddress, KnowsSpecialAddresses)
{
    EXPECT_TRUE(ip("0.0.0.0").is_unspecified());
    EXPECT_TRUE(ip("::").is_unspecified());
    EXPECT_TRUE(ip("127.1.2.3").is_loopback());
    EXPECT_TRUE(ip("::1").is_loopback());
    EXPECT_FALSE(ip("::2").is_loopback());
    EXPECT_TRUE(ip("224.0.0.1").is_multicast());
    EXPECT_TRUE(ip("239.255.255.255").is_multicast());
    EXPECT_FALSE(ip("240.0.0.1").is_multicast());
    EXPECT_TRUE(ip("ff02::1").is_multicast());
    EXPECT_TRUE(ip("169.254.1.1").is_link_local());
    EXPECT_TRUE(ip("fe80::1").is_link_local());
    EXPECT_TRUE(ip("febf::1").is_link_local());
    EXPECT_FALSE(ip("fec0::1").is_link_local());
}

TEST(IpPrefix, RefusesHostBitsAndNamesTheNetwork)
{
    const auto wrong = IpPrefix::parse("10.1.2.3/16");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().kind, Kind::Config);
    EXPECT_TRUE(wrong.error().what.contains("10.1.0.0/16"));
}

TEST(IpPrefix, RefusesBadLengths)
{
    for (auto text : {"10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "::/129", "10.0.0.0/08/1"})
        EXPECT_FALSE(IpPrefix::parse(text)) << text;
}

TEST(IpPrefix, ClearsHostBitsAtAnyLength)
{
    EXPECT_EQ(IpPrefix::network_of(ip("255.255.255.255"), 0).text(), "0.0.0.0/0");
    EXPECT_EQ(IpPrefix::network_of(ip("255.255.255.255"), 13).text(), "255.248.0.0/13");
    EXPECT_EQ(IpPrefix::network_of(ip("255.255.255.255"), 32).text(), "255.255.255.255/32");
    EXPECT_EQ(IpPrefix::network_of(ip("2001:db8:ffff::1"), 33).text(), "2001:db8:8000::/33");
    EXPECT_EQ(IpPrefix::network_of(ip("2001:db8::1"), 128), IpPrefix::host(ip("2001:db8::1")));
}

TEST(IpPrefix, ContainsWhatSharesItsBits)
{
    EXPECT_TRUE(net("10.0.0.0/8").contains(ip("10.255.0.1")));
    EXPECT_FALSE(net("10.0.0.0/8").contains(ip("11.0.0.0")));
    EXPECT_TRUE(net("10.128.0.0/9").contains(ip("10.128.0.0")));
    EXPECT_FALSE(net("10.128.0.0/9").contains(ip("10.127.255.255")));
    EXPECT_TRUE(net("0.0.0.0/0").contains(ip("1.2.3.4")));
    EXPECT_FALSE(net("0.0.0.0/0").contains(ip("::1"))) << "another family";
    EXPECT_TRUE(net("::/0").contains(ip("ff02::1")));
}

TEST(IpPrefix, OverlapsEitherWay)
{
    EXPECT_TRUE(net("10.0.0.0/8").overlaps(net("10.1.0.0/16")));
    EXPECT_TRUE(net("10.1.0.0/16").overlaps(net("10.0.0.0/8")));
    EXPECT_FALSE(net("10.1.0.0/16").contains(net("10.0.0.0/8")));
    EXPECT_FALSE(net("10.0.0.0/9").overlaps(net("10.128.0.0/9")));
}

TEST(IpPrefix, SortsANetworkBeforeWhatItContains)
{
    EXPECT_LT(net("10.0.0.0/8"), net("10.0.0.0/16"));
    EXPECT_LT(net("10.0.0.0/16"), net("10.1.0.0/16"));
    EXPECT_LT(net("255.0.0.0/8"), net("::/0")) << "IPv4 first";
}

TEST(IpInterface, KeepsTheHostBits)
{
    const auto given = IpInterface::parse("169.254.21.2/30").value();
    EXPECT_EQ(given.text(), "169.254.21.2/30");
    EXPECT_EQ(given.network().text(), "169.254.21.0/30");
    EXPECT_EQ(IpInterface::parse("fd00::2/64")->network().text(), "fd00::/64");
}

} // namespace
} // namespace linkspan
