#include "route/plan.h"

#include <gtest/gtest.h>
#include <linux/rtnetlink.h>

#include <random>

namespace linkspan::route {
namespace {

IpPrefix net(std::string_view text)
{
    return IpPrefix::parse(text).value();
}

RouteSpec tunnel(std::string_view to, const std::string& link)
{
    const auto destination = net(to);
    return {
        .destination = destination, .metric = tunnel_metric(destination.family()), .link = {link}, .connection = {"c"}};
}
RouteSpec fallback(std::string_view to)
{
    const auto destination = net(to);
    return {.destination = destination,
            .metric = fallback_metric(destination.family()),
            .type = RouteType::Unreachable,
            .connection = {"c"}};
}
RouteSpec bare(RouteSpec spec)
{
    spec.connection = {};
    return spec;
}
Observed having(std::initializer_list<RouteSpec> specs)
{
    Observed have;
    for (const auto& spec : specs) have.own_routes.emplace(key_of(spec), bare(spec));
    return have;
}
AddressSpec on(const std::string& link, std::string_view address)
{
    return {{link}, IpInterface::parse(address).value(), {"c"}};
}
std::vector<Verb> verbs(const auto& plan)
{
    std::vector<Verb> all;
    for (const auto& op : plan.ops) all.push_back(op.verb);
    return all;
}

TEST(RoutePlan, NothingForWhatIsAsItShouldBe)
{
    const RouteSpec want[] = {tunnel("10.20.0.0/16", "a"), fallback("10.20.0.0/16")};
    EXPECT_EQ(plan(std::span{want}, having({want[0], want[1]})), Plan<RouteSpec>{});
}

TEST(RoutePlan, TheFallbackComesFirstAndGoesLast)
{
    const RouteSpec want[] = {tunnel("10.20.0.0/16", "a"), fallback("10.20.0.0/16")};
    const auto coming = plan(std::span{want}, {});
    ASSERT_EQ(coming.ops.size(), 2);
    EXPECT_EQ(coming.ops[0].spec.type, RouteType::Unreachable);
    const auto going = plan(std::span<const RouteSpec>{}, having({want[0], want[1]}));
    ASSERT_EQ(going.ops.size(), 2);
    EXPECT_EQ(going.ops[0], (Op<RouteSpec>{Verb::Delete, bare(want[0]), {}}));
    EXPECT_EQ(going.ops[1].spec.type, RouteType::Unreachable);
}

TEST(RoutePlan, WhatDiffersIsChangedInPlace)
{
    const RouteSpec want[] = {tunnel("10.20.0.0/16", "a")};
    auto multipath = want[0];
    multipath.link = {};
    for (const auto& seen : {tunnel("10.20.0.0/16", "b"), multipath}) {
        const auto planned = plan(std::span{want}, having({seen}));
        EXPECT_EQ(planned.ops, (std::vector<Op<RouteSpec>>{{Verb::Update, want[0], bare(seen)}}));
    }
}

TEST(RoutePlan, OfTwoWithOneKeyTheFirstCounts)
{
    const RouteSpec want[] = {tunnel("10.20.0.0/16", "a"), tunnel("10.20.0.0/16", "b")};
    const auto planned = plan(std::span{want}, {});
    ASSERT_EQ(planned.ops.size(), 1);
    EXPECT_EQ(planned.ops[0].spec.link, LinkName{"a"});
}

TEST(RoutePlan, AForeignRouteWithOurKeyIsAConflict)
{
    const RouteSpec want[] = {tunnel("10.20.0.0/16", "a")};
    Observed have;
    have.foreign_routes = {{{net("10.20.0.0/16"), 0}, RTN_UNICAST, RTPROT_STATIC, false, {"eth1"}, {}},
                           {{net("10.20.0.0/16"), 100}, RTN_UNICAST, RTPROT_DHCP, false, {"eth2"}, {}}};
    const auto planned = plan(std::span{want}, have);
    EXPECT_TRUE(planned.ops.empty());
    ASSERT_EQ(planned.conflicts.size(), 1);
    EXPECT_EQ(
        planned.conflicts[0],
        (Conflict{{"c"}, "route 10.20.0.0/16 dev a", "foreign route 10.20.0.0/16 dev eth1 proto static metric 0"}));
}

/// `ip route append` puts a second route at a key. Ours is in effect and stays; it is not replaced beside the other.
TEST(RoutePlan, OursBesideAForeignOneIsLeftAsItIs)
{
    const RouteSpec want[] = {tunnel("10.20.0.0/16", "a")};
    auto have = having({want[0]});
    have.foreign_routes = {{{net("10.20.0.0/16"), 0}, RTN_UNICAST, RTPROT_STATIC, false, {"eth1"}, {}}};
    EXPECT_EQ(plan(std::span{want}, have), Plan<RouteSpec>{});
    have.own_routes.begin()->second.link = {"b"};
    const auto planned = plan(std::span{want}, have);
    EXPECT_TRUE(planned.ops.empty());
    EXPECT_EQ(planned.conflicts.size(), 1);
}

TEST(AddressPlan, AnotherPrefixLengthIsAnotherAddressAndTheOldGoesFirst)
{
    Observed have;
    have.own_addresses = {{{"a"}, IpInterface::parse("fd00::1/64").value(), {}}};
    const AddressSpec want[] = {on("a", "fd00::1/126")};
    EXPECT_EQ(verbs(plan(std::span{want}, have)), (std::vector{Verb::Delete, Verb::Create}));
}

TEST(AddressPlan, AForeignAddressIsAConflict)
{
    Observed have;
    have.foreign_addresses = {{{"a"}, IpInterface::parse("169.254.21.2/30").value(), true, true},
                              {{"a"}, IpInterface::parse("fd00::1/64").value(), true, true}};
    const AddressSpec want[] = {on("a", "169.254.21.2/30"), on("a", "fd00::1/126"), on("a", "169.254.21.2/24"),
                                on("b", "169.254.21.2/30")};
    const auto planned = plan(std::span{want}, have);
    ASSERT_EQ(planned.conflicts.size(), 2);
    EXPECT_EQ(planned.conflicts[0].holder, "foreign address 169.254.21.2/30 dev a");
    EXPECT_EQ(planned.conflicts[1].object, "address fd00::1/126 dev a");
    EXPECT_EQ(verbs(planned), (std::vector{Verb::Create, Verb::Create}));
}

/// Whatever is there, one plan leads to what is wanted and the next one is empty.
TEST(RoutePlan, Converges)
{
    std::mt19937 random{1};
    const auto pick = [&](auto... choices) {
        const std::string all[] = {choices...};
        return all[random() % std::size(all)];
    };
    const auto some = [&](auto&& add) {
        for (int i = 0; i < 6; ++i) {
            const auto to = pick("10.1.0.0/16", "10.2.0.0/16", "0.0.0.0/1", "2001:db8::/32");
            add(random() % 2 ? fallback(to) : tunnel(to, pick("a", "b")));
        }
    };
    for (int round = 0; round < 2000; ++round) {
        std::vector<RouteSpec> want;
        Observed have;
        some([&](const RouteSpec& s) { want.push_back(s); });
        some([&](const RouteSpec& s) { have.own_routes.insert_or_assign(key_of(s), bare(s)); });
        if (random() % 3 == 0) {
            const auto key = key_of(tunnel("10.1.0.0/16", "a"));
            have.own_routes.erase(key);
            have.foreign_routes = {{key, RTN_UNICAST, RTPROT_BOOT, false, {"eth0"}, {}}};
        }
        const auto planned = plan(std::span{std::as_const(want)}, have);
        for (const auto& op : planned.ops) {
            if (op.verb == Verb::Delete)
                ASSERT_EQ(have.own_routes.erase(key_of(op.spec)), 1);
            else
                have.own_routes.insert_or_assign(key_of(op.spec), bare(op.spec));
        }
        const auto residual = plan(std::span{std::as_const(want)}, have);
        ASSERT_TRUE(residual.ops.empty());
        ASSERT_EQ(residual.conflicts, planned.conflicts);
    }
}

} // namespace
} // namespace linkspan::route
