#include "route/fate.h"

#include <gtest/gtest.h>

namespace linkspan::route {
namespace {

IpPrefix net(const char* text)
{
    return IpPrefix::parse(text).value();
}

Fate fate(const char* destination, bool leads_on, std::uint32_t metric, bool by_policies)
{
    const char* network = destination[0] == 'f' ? "fd00:65::/32" : "100.65.0.0/16";
    return fate_of(net(destination), leads_on, net(network), metric, by_policies);
}

TEST(Fate, OfWhatIsMoreSpecificThanTheTunnelsRoute)
{
    EXPECT_EQ(fate("100.65.7.0/24", true, 0, false), Fate::Past);
    EXPECT_EQ(fate("100.65.7.0/24", false, 0, false), Fate::Ends);
}

TEST(Fate, OfARouteForTheSameNetworkIsDecidedByItsMetric)
{
    EXPECT_EQ(fate("100.65.0.0/16", true, 50, false), Fate::Unused);
    EXPECT_EQ(fate("100.65.0.0/16", false, 50, false), Fate::Unused) << "a fence around the tunnel";
    EXPECT_EQ(fate("100.65.0.0/16", true, 0, false), Fate::InPlace);
    EXPECT_EQ(fate("fd00:65::/32", true, 1, false), Fate::InPlace) << "IPv6 begins at 1";
}

TEST(Fate, ByPoliciesIsTheTunnelWhateverLeadsOn)
{
    for (const auto* destination : {"100.65.0.0/16", "100.65.7.0/24"}) {
        EXPECT_EQ(fate(destination, true, 0, true), Fate::Taken);
        EXPECT_EQ(fate(destination, false, 50, true), Fate::Ends) << "no route of ours goes first";
    }
}

} // namespace
} // namespace linkspan::route
