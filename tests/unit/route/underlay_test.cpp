#include "route/underlay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <random>

namespace linkspan::route {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::Pointee;

IpAddress ip(std::string_view text)
{
    return IpAddress::parse(text).value();
}

ForeignRoute by(std::string_view to, const std::string& link, const char* gateway = nullptr, std::uint32_t metric = 0)
{
    ForeignRoute route{{IpPrefix::parse(to).value(), metric}, RTN_UNICAST, RTPROT_STATIC, false, {link}, {}};
    if (gateway) route.gateway = ip(gateway);
    return route;
}

Observed having(std::vector<ForeignRoute> routes)
{
    Observed observed;
    observed.foreign_routes = std::move(routes);
    std::ranges::stable_sort(observed.foreign_routes, {}, &ForeignRoute::key);
    return observed;
}

const std::set<LinkName> own{{"ls-a"}};
const LinkName uplink{"wan0"};

std::optional<UnderlayPath> path(std::vector<ForeignRoute> routes, std::string_view to)
{
    const auto observed = having(std::move(routes));
    return Underlay{observed, own, uplink}.to(ip(to));
}

TEST(Underlay, TheLongestPrefixWins)
{
    const std::vector routes{by("0.0.0.0/0", "wan0", "192.0.2.1"), by("198.51.100.0/24", "eth1"),
                             by("198.51.100.0/28", "eth2", "192.0.2.9", 500)};
    EXPECT_EQ(path(routes, "203.0.113.1"), (UnderlayPath{{"wan0"}, ip("192.0.2.1")}));
    EXPECT_EQ(path(routes, "198.51.100.77"), (UnderlayPath{{"eth1"}, {}}));
    EXPECT_EQ(path(routes, "198.51.100.7"), (UnderlayPath{{"eth2"}, ip("192.0.2.9")}));
    EXPECT_EQ(path(routes, "2001:db8::1"), std::nullopt);
}

TEST(Underlay, ThenTheLowestMetricThenTheUplink)
{
    const std::vector routes{by("0.0.0.0/0", "eth1", "192.0.2.1", 100), by("0.0.0.0/0", "eth2", "192.0.2.2", 100),
                             by("0.0.0.0/0", "wan0", "192.0.2.3", 100), by("0.0.0.0/0", "wan0", "192.0.2.4", 200)};
    EXPECT_EQ(path(routes, "203.0.113.1"), (UnderlayPath{{"wan0"}, ip("192.0.2.3")}));
}

TEST(Underlay, OurTunnelsAndDeadHopsDoNotCount)
{
    auto dead = by("198.51.100.0/24", "eth1");
    dead.dead = true;
    const std::vector routes{by("0.0.0.0/0", "wan0", "192.0.2.1"), by("198.51.100.0/25", "ls-a"), dead};
    EXPECT_EQ(path(routes, "198.51.100.7"), (UnderlayPath{{"wan0"}, ip("192.0.2.1")}));
}

TEST(Underlay, AWallIsNoPathAndAThrowIsNone)
{
    auto wall = by("198.51.100.0/24", "");
    wall.type = RTN_BLACKHOLE;
    EXPECT_EQ(path({by("0.0.0.0/0", "wan0"), wall}, "198.51.100.7"), std::nullopt);
    wall.type = RTN_THROW;
    EXPECT_EQ(path({by("0.0.0.0/0", "wan0"), wall}, "198.51.100.7"), (UnderlayPath{{"wan0"}, {}}));
}

TEST(Underlay, AHostRouteIsSaidToBeOne)
{
    EXPECT_TRUE(path({by("198.51.100.7/32", "wan0")}, "198.51.100.7")->host_route);
    EXPECT_TRUE(path({by("2001:db8::7/128", "wan0")}, "2001:db8::7")->host_route);
    EXPECT_FALSE(path({by("2001:db8::/64", "wan0")}, "2001:db8::7")->host_route);
}

/// Against the plainest search there is.
TEST(Underlay, AgreesWithALinearSearch)
{
    std::mt19937 random{1};
    const auto address = [&] {
        auto a = ip("10.0.0.0");
        a.bytes[2] = static_cast<std::uint8_t>(random() % 4);
        a.bytes[3] = static_cast<std::uint8_t>(random());
        return a;
    };
    for (int round = 0; round < 200; ++round) {
        std::vector<ForeignRoute> routes;
        for (int i = 0; i < 30; ++i) {
            ForeignRoute route{{IpPrefix::network_of(address(), static_cast<std::uint8_t>(16 + random() % 17)),
                                static_cast<std::uint32_t>(random() % 3)},
                               RTN_UNICAST,
                               RTPROT_BOOT,
                               false,
                               {"l" + std::to_string(i)},
                               {}};
            routes.push_back(route);
        }
        const auto observed = having(routes);
        const Underlay underlay{observed, own, uplink};
        for (int i = 0; i < 50; ++i) {
            const auto to = address();
            const ForeignRoute* best = nullptr;
            for (const auto& route : observed.foreign_routes) {
                const auto rank = [](const ForeignRoute& r) {
                    return std::pair{-int{r.key.destination.length}, r.key.metric};
                };
                if (route.key.destination.contains(to) && (!best || rank(route) < rank(*best))) best = &route;
            }
            const auto found = underlay.to(to);
            ASSERT_EQ(found ? found->link : LinkName{}, best ? best->link : LinkName{});
        }
    }
}

TEST(ForeignInside, FindsWhatIsMoreSpecificThanOurs)
{
    const auto observed = having({by("0.0.0.0/0", "wan0"), by("10.0.0.0/8", "eth0"), by("10.20.0.0/16", "eth1"),
                                  by("10.20.0.0/24", "eth2"), by("10.20.255.255/32", "eth3"),
                                  by("10.20.1.0/24", "ls-a"), by("10.21.0.0/24", "eth4")});
    const IpPrefix subnets[] = {IpPrefix::parse("10.20.0.0/16").value(), IpPrefix::parse("172.16.0.0/12").value()};
    EXPECT_THAT(foreign_inside(observed, subnets, own),
                ElementsAre(Pointee(Field(&ForeignRoute::link, LinkName{"eth2"})),
                            Pointee(Field(&ForeignRoute::link, LinkName{"eth3"}))));
}

TEST(ForeignBehind, FindsWhatOursHidesAndLeavesConflictsToThePlan)
{
    auto hidden = by("10.20.0.0/16", "eth1");
    hidden.key.metric = 100;
    const auto observed =
        having({by("10.0.0.0/8", "eth0"), by("10.20.0.0/16", "eth2"), hidden, by("10.20.0.0/24", "eth3")});
    const IpPrefix subnets[] = {IpPrefix::parse("10.20.0.0/16").value()};
    EXPECT_THAT(foreign_behind(observed, subnets, own),
                ElementsAre(Pointee(Field(&ForeignRoute::link, LinkName{"eth1"}))));
}

} // namespace
} // namespace linkspan::route
