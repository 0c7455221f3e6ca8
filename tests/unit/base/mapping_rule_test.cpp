#include "base/mapping_rule.h"

#include <gtest/gtest.h>

namespace linkspan {
namespace {

IpAddress ip(const char* text)
{
    return IpAddress::parse(text).value();
}

std::vector<IpPrefix> nets(const char* text)
{
    return {IpPrefix::parse(text).value()};
}

AddressRange range(const char* text)
{
    return AddressRange::parse(text).value();
}

const FirstPacket https{ip("10.1.0.7"), ip("10.20.0.9"), 6, 443};

TEST(MappingRule, MatchesByWhatItNames)
{
    EXPECT_TRUE(matches({}, https));
    EXPECT_TRUE(matches({.source = nets("10.1.0.0/16"),
                         .destination = nets("10.20.0.0/16"),
                         .protocol = 6,
                         .port_first = 400,
                         .port_last = 443},
                        https));
    EXPECT_FALSE(matches({.source = nets("10.2.0.0/16")}, https));
    EXPECT_FALSE(matches({.destination = nets("10.2.0.0/16")}, https));
    EXPECT_FALSE(matches({.protocol = 17}, https));
    EXPECT_FALSE(matches({.protocol = 6, .port_first = 80, .port_last = 442}, https));
    EXPECT_FALSE(matches({.source_to = range("fd00::1")}, https)) << "of another family";
    EXPECT_TRUE(matches({.protocol = 1}, {ip("fd00::1"), ip("fd00::2"), 58, 0})) << "ICMPv6 is ICMP to people";
}

TEST(MappingRule, OneNetworkForAnotherOfItsLengthKeepsTheHosts)
{
    EXPECT_EQ(network_for(nets("10.1.0.0/16"), range("100.64.0.0/16")), nets("100.64.0.0/16").front());
    EXPECT_FALSE(network_for(nets("10.1.0.0/16"), range("100.64.0.0/24")));
    EXPECT_FALSE(network_for({}, range("100.64.0.0/24")));
    EXPECT_FALSE(network_for(nets("10.1.0.7/32"), range("100.64.0.1")));
}

TEST(MappingRule, KnowsWhatItMakes)
{
    const MappingRule one{.source = nets("10.1.0.0/16"), .source_to = range("100.64.0.1")};
    EXPECT_TRUE(makes_source(&one, ip("10.1.0.7"), ip("100.64.0.1")));
    EXPECT_FALSE(makes_source(&one, ip("10.1.0.7"), ip("10.1.0.7")));
    const MappingRule all{.source = nets("10.1.0.0/16"), .source_to = range("100.64.0.0/16")};
    EXPECT_TRUE(makes_source(&all, ip("10.1.0.7"), ip("100.64.0.7")));
    EXPECT_FALSE(makes_source(&all, ip("10.1.0.7"), ip("100.64.0.8")));
    EXPECT_TRUE(makes_source(nullptr, ip("10.1.0.7"), ip("10.1.0.7")));
    EXPECT_FALSE(makes_source(nullptr, ip("10.1.0.7"), ip("100.64.0.7")));
    const MappingRule forwarding{
        .destination = nets("100.64.0.2/32"), .destination_to = range("10.1.0.80"), .port_to = 8443};
    EXPECT_TRUE(makes_destination(&forwarding, ip("100.64.0.2"), 443, ip("10.1.0.80"), 8443));
    EXPECT_FALSE(makes_destination(&forwarding, ip("100.64.0.2"), 443, ip("10.1.0.80"), 443));
    EXPECT_TRUE(makes_destination(nullptr, ip("100.64.0.2"), 443, ip("100.64.0.2"), 443));
}

TEST(MappingRule, SaysWhichServiceItIsAbout)
{
    EXPECT_EQ(service_text({}), "");
    EXPECT_EQ(service_text({.protocol = 6, .port_first = 443, .port_last = 443}), "tcp/443");
    EXPECT_EQ(service_text({.protocol = 17, .port_first = 5000, .port_last = 5100}), "udp/5000-5100");
    EXPECT_EQ(networks_text({}), "any");
}

} // namespace
} // namespace linkspan
