#include "cli/collisions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/rtnetlink.h>

#include <algorithm>

namespace linkspan::cli {
namespace {

using route::ForeignRoute;
using testing::HasSubstr;
using testing::IsEmpty;

/// One mapped connection; 100.65.0.0/16 stands for the peer's 10.1.0.0/16 (line 11, column 32).
config::Loaded mapped(const std::string& mode, const std::string& more = "")
{
    return config::load(
        {{"t.toml", "[gateway]\nuplink = \"wan0\"\n[[connection]]\nname = \"a\"\npeer = \"198.51.100.7\"\n" + more +
                        "mode = \"" + mode + "\"\npsk = { file = \"/k\" }\n" +
                        "local_subnets = [\"10.1.0.0/16\"]\nremote_subnets = [\"100.65.0.0/16\"]\n" +
                        "nat.local = { \"10.1.0.0/16\" = \"100.64.0.0/16\" }\n" +
                        "nat.remote = { \"10.1.0.0/16\" = \"100.65.0.0/16\" }\n"}});
}

ForeignRoute route_to(const std::string& to, std::uint8_t protocol = RTPROT_STATIC, std::uint32_t metric = 0)
{
    return {{IpPrefix::parse(to).value(), metric}, RTN_UNICAST, protocol, false, {"eth1"}, {}};
}

ForeignRoute by_router(ForeignRoute route)
{
    route.gateway = IpAddress::parse("192.0.2.1").value();
    return route;
}

ForeignRoute of_type(std::uint8_t type, ForeignRoute route)
{
    route.type = type;
    route.link = {};
    return route;
}

config::Diagnostics found(const config::Loaded& loaded, std::vector<ForeignRoute> routes)
{
    EXPECT_TRUE(loaded.config) << config::render(loaded.diagnostics, {}, false);
    route::Observed observed;
    observed.foreign_routes = std::move(routes);
    std::ranges::stable_sort(observed.foreign_routes, {}, &ForeignRoute::key);
    return collisions_of(loaded, observed);
}

/// The help of the only warning.
std::string help(const std::string& mode, const ForeignRoute& route)
{
    const auto warnings = found(mapped(mode), {route});
    return warnings.size() == 1 ? warnings[0].help : std::to_string(warnings.size()) + " warnings";
}

TEST(Collisions, AreWarnedOfAtTheNetworkThatIsMadeUpWithAPictureOfTheSides)
{
    const auto warnings = found(mapped("policy"), {route_to("100.65.7.0/24", RTPROT_BOOT, 77)});
    ASSERT_EQ(warnings.size(), 1u);
    EXPECT_EQ(warnings[0].severity, config::Severity::Warning);
    EXPECT_EQ(warnings[0].pos.line, 11u);
    EXPECT_EQ(warnings[0].pos.column, 32u);
    EXPECT_EQ(warnings[0].length, 15u);
    EXPECT_EQ(warnings[0].message, "100.65.0.0/16, which stands for the peer's 10.1.0.0/16, is also somebody's here: "
                                   "foreign route 100.65.7.0/24 dev eth1 proto boot metric 77");
    EXPECT_THAT(warnings[0].help, HasSubstr("by hand or in a script"));
    EXPECT_THAT(warnings[0].help, HasSubstr("the peer's    100.65.0.0/16    10.1.0.0/16"));
}

TEST(Collisions, OfOneNetworkAreOneWarningAndAMultipathRouteIsOneRoute)
{
    auto other_hop = route_to("100.65.7.0/24");
    other_hop.link = {"eth2"};
    const auto warnings = found(
        mapped("route"), {route_to("100.65.7.0/24"), other_hop, route_to("100.65.8.0/24"), route_to("100.65.9.0/24")});
    ASSERT_EQ(warnings.size(), 1u);
    EXPECT_THAT(warnings[0].message, testing::EndsWith("100.65.7.0/24 dev eth1 proto static metric 0, and 2 more"));
}

TEST(Collisions, SayWhatBecomesOfThePackets)
{
    EXPECT_THAT(help("route", route_to("100.65.7.0/24")), HasSubstr("past the tunnel, in the clear"));
    EXPECT_THAT(help("policy", route_to("100.65.7.0/24")), HasSubstr("policies take what our hosts send"));
    EXPECT_THAT(help("policy", of_type(RTN_UNREACHABLE, route_to("100.65.7.0/24"))), HasSubstr("before the tunnel"));
    EXPECT_THAT(help("policy", of_type(RTN_BLACKHOLE, route_to("100.65.0.0/16"))), HasSubstr("before the tunnel"))
        << "no route of the tunnel's goes first";
    EXPECT_THAT(help("route", route_to("100.65.0.0/16")), HasSubstr("in the place of the tunnel's own route"));
    EXPECT_THAT(help("route", route_to("100.65.0.0/16", RTPROT_STATIC, 50)), HasSubstr("nobody is reached by it"));
    EXPECT_THAT(help("policy", route_to("100.64.0.0/10", RTPROT_KERNEL)),
                HasSubstr("hosts on eth1 with addresses of 100.65.0.0/16 are not reached any more"));
}

TEST(Collisions, SayWhoPutTheRouteThere)
{
    EXPECT_THAT(help("route", route_to("100.65.7.0/24", RTPROT_KERNEL)), HasSubstr("an address of eth1"));
    EXPECT_THAT(help("route", route_to("100.65.7.0/24", RTPROT_STATIC)), HasSubstr("configuration"));
    EXPECT_THAT(help("route", route_to("100.65.7.0/24", RTPROT_DHCP)), HasSubstr("DHCP"));
    EXPECT_THAT(help("route", route_to("100.65.7.0/24", RTPROT_RA)), HasSubstr("advertisement"));
    EXPECT_THAT(help("route", route_to("100.65.7.0/24", RTPROT_BIRD)), HasSubstr("routing daemon"));
    EXPECT_THAT(help("route", route_to("100.65.7.0/24", 201)), HasSubstr("protocol 201"));
}

TEST(Collisions, AreNotRoutesOfTunnelsNorWhatLeadsElsewhere)
{
    auto by_tunnel = route_to("100.65.0.0/24");
    by_tunnel.link = {"ls-a"};
    EXPECT_THAT(found(mapped("route"), {by_tunnel}), IsEmpty());
    EXPECT_THAT(found(mapped("route"), {route_to("0.0.0.0/0"), route_to("100.66.0.0/16"), route_to("100.64.0.0/16")}),
                IsEmpty());
    EXPECT_THAT(found(mapped("route"), {by_router(route_to("100.64.0.0/10"))}), IsEmpty()) << "a summary";
    EXPECT_THAT(found(mapped("route"), {of_type(RTN_BLACKHOLE, route_to("100.65.0.0/16", RTPROT_STATIC, 9))}),
                IsEmpty())
        << "a fence around the tunnel";
    EXPECT_THAT(found(mapped("route"), {of_type(RTN_THROW, route_to("100.65.7.0/24"))}), IsEmpty());
    EXPECT_THAT(found(mapped("route"), {route_to("2001:db8::/32")}), IsEmpty());
}

TEST(Collisions, OfAConnectionThatIsNotEnabledAreNone)
{
    EXPECT_THAT(found(mapped("route", "enabled = false\n"), {route_to("100.65.7.0/24")}), IsEmpty());
}

TEST(Collisions, AFileIsOfTheMachineThatHasItsNameOrOneOfItsAddresses)
{
    route::Observed here;
    here.foreign_addresses = {{{"eth0"}, IpInterface::parse("203.0.113.10/24").value(), true, true}};
    config::Gateway gateway;
    EXPECT_FALSE(is_of_this_machine(gateway, here, "")) << "it says nothing of itself";
    gateway.name = "edge-1";
    EXPECT_FALSE(is_of_this_machine(gateway, here, "edge-2"));
    EXPECT_TRUE(is_of_this_machine(gateway, here, "edge-1"));
    gateway.addresses = {IpAddress::parse("203.0.113.11").value()};
    EXPECT_FALSE(is_of_this_machine(gateway, here, "edge-2"));
    gateway.addresses.push_back(IpAddress::parse("203.0.113.10").value());
    EXPECT_TRUE(is_of_this_machine(gateway, here, "edge-2"));
}

} // namespace
} // namespace linkspan::cli
