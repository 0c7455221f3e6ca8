#include "base/egress_rule.h"

#include <gtest/gtest.h>

#include <string>

namespace linkspan {
namespace {

/// The rule in its one spelling, or what is wrong with it.
std::string rule(std::string_view text)
{
    const auto parsed = EgressRule::parse(text);
    return parsed ? parsed->text() : parsed.error().what;
}

bool matches(std::string_view pattern, std::string_view host)
{
    return NamePattern::parse(pattern)->matches(*DnsName::parse(host));
}

TEST(EgressRule, IsANameAndAService)
{
    EXPECT_EQ(rule("Packages.Example.org:443/tcp"), "packages.example.org:443/tcp");
    EXPECT_EQ(rule("*.ubuntu.com:80,443/tcp"), "*.ubuntu.com:80,443/tcp");
    EXPECT_EQ(rule("*:123/udp"), "*:123/udp");
    EXPECT_EQ(rule("example.org/icmp"), "example.org/icmp");
    EXPECT_EQ(rule("example.org/tcp"), "example.org/tcp");
    EXPECT_EQ(rule("example.org/tcp,udp"), "example.org/tcp,udp");
}

TEST(EgressRule, SaysEverythingWhereItSaysNothing)
{
    EXPECT_EQ(rule("example.org/all"), "example.org");
    EXPECT_EQ(rule("example.org:443"), "example.org:443");
    const auto both = EgressRule::parse("example.org:443")->service;
    EXPECT_TRUE(both.matches(6, 443));
    EXPECT_TRUE(both.matches(17, 443));
    EXPECT_FALSE(both.matches(6, 80));
    EXPECT_TRUE(EgressRule::parse("example.org")->service.matches(47, 0));
}

TEST(EgressRule, IsANetworkToo)
{
    EXPECT_EQ(rule("192.0.2.0/24"), "192.0.2.0/24");
    EXPECT_EQ(rule("192.0.2.0/24:8000-8010/tcp"), "192.0.2.0/24:8000-8010/tcp");
    EXPECT_EQ(rule("192.0.2.7:22/tcp"), "192.0.2.7:22/tcp");
    EXPECT_EQ(rule("2001:db8::/32"), "2001:db8::/32");
    EXPECT_EQ(rule("2001:db8::/32/udp"), "2001:db8::/32/udp");
    EXPECT_EQ(rule("[2001:db8::7]:443/tcp"), "[2001:db8::7]:443/tcp");
    EXPECT_EQ(rule("[2001:db8::/32]:443/tcp"), "[2001:db8::/32]:443/tcp");
}

TEST(EgressRule, JoinsPortsThatTouch)
{
    EXPECT_EQ(rule("a.example:443,80,81-90,85/tcp"), "a.example:80-90,443/tcp");
}

TEST(EgressRule, SaysWhatIsWrong)
{
    EXPECT_EQ(rule("a.example:0/tcp"),
              "'0' is no port: a number from 1 to 65535, a range like 8000-8010, or a list of these");
    EXPECT_EQ(rule("a.example:https/tcp"),
              "'https' is no port: a number from 1 to 65535, a range like 8000-8010, or a list of these");
    EXPECT_EQ(rule("a.example:90-80/tcp"), "the range of ports '90-80' ends before it begins");
    EXPECT_EQ(rule("a.example:443/tls"), "'tls' is no protocol here; known are tcp, udp, tcp,udp, icmp and all");
    EXPECT_EQ(rule("a.example:8/icmp"), "ports are of tcp and udp; 'icmp' has none");
    EXPECT_EQ(rule("www.*.example:443/tcp"),
              "'www.*.example' has a '*' that is not a whole label in front: write '*.example.com'");
    EXPECT_EQ(rule("*example.com"),
              "'*example.com' has a '*' that is not a whole label in front: write '*.example.com'");
    EXPECT_EQ(rule(""), "'' is no host name");
    EXPECT_TRUE(rule("192.0.2.1/24").contains("192.0.2.0/24")) << rule("192.0.2.1/24");
    EXPECT_EQ(rule("https://example.com/"), "'https://example.com/' is an address of a page; a rule names a host and "
                                            "its ports, like 'example.com:443/tcp'");
}

TEST(NamePattern, WithAStarIsOneOrMoreLabelsAndNotTheApex)
{
    EXPECT_TRUE(matches("*.example.com", "www.example.com"));
    EXPECT_TRUE(matches("*.example.com", "a.b.example.com"));
    EXPECT_FALSE(matches("*.example.com", "example.com"));
    EXPECT_FALSE(matches("*.example.com", "badexample.com"));
    EXPECT_TRUE(matches("*", "anything.example"));
    EXPECT_FALSE(NamePattern::parse("*")->matches(DnsName{}));
}

TEST(NamePattern, WithoutAStarIsThatNameAlone)
{
    EXPECT_TRUE(matches("example.com", "EXAMPLE.com."));
    EXPECT_FALSE(matches("example.com", "www.example.com"));
}

TEST(Service, OfIcmpIsThatOfBothFamilies)
{
    const auto icmp = EgressRule::parse("a.example/icmp")->service;
    EXPECT_TRUE(icmp.matches(1, 0));
    EXPECT_TRUE(icmp.matches(58, 0));
    EXPECT_FALSE(icmp.matches(6, 0));
}

} // namespace
} // namespace linkspan
