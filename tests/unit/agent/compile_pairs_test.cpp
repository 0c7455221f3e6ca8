#include "agent/compile_pairs.h"

#include "agent/compile.h"
#include "config/pairs.h"
#include "xfrm/describe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::agent {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Field;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

TrafficSelector net(const char* text)
{
    return TrafficSelector::parse(text).value();
}
IpAddress ip(const char* text)
{
    return IpAddress::parse(text).value();
}

config::Connection connection(const char* name = "a")
{
    config::Connection c{.name = {name}, .id = id_of_name(name), .mode = config::Mode::Policy};
    c.peer = ip("198.51.100.7");
    c.local_subnets = {net("10.1.0.0/16")};
    c.remote_subnets = {net("10.20.0.0/16")};
    c.esp_proposals = {Proposal{"aes256gcm16", {8, 16, 4}}};
    return c;
}

Desired compiled(const config::Connection& c)
{
    config::Config config;
    config.gateway.uplink = {"wan0"};
    config.connections = {c};
    Facts facts;
    facts.uplink_address[Family::V4] = ip("203.0.113.10");
    facts.own_addresses = {ip("203.0.113.10"), ip("10.1.0.1"), ip("fd01::1")};
    facts.peer_paths[c.peer] = {{"wan0"}, ip("203.0.113.1"), false};
    facts.secrets[c.name] = {std::make_shared<const Secret>("psk"), {}};
    return compile(config, facts);
}

/// "bypass policy out 10.1.0.0/16 -> 10.1.0.0/16", ...
std::vector<std::string> policies(const Desired& desired)
{
    std::vector<std::string> texts;
    for (const auto& [key, policy] : desired.policies) texts.push_back(xfrm::describe(key));
    return texts;
}

TEST(CompilePairs, APairHasThreePoliciesAndABlockTwinAndNoLink)
{
    const auto desired = compiled(connection());
    EXPECT_THAT(policies(desired), testing::UnorderedElementsAre("policy out 10.1.0.0/16 -> 10.20.0.0/16",
                                                                 "block policy out 10.1.0.0/16 -> 10.20.0.0/16",
                                                                 "policy in 10.20.0.0/16 -> 10.1.0.0/16",
                                                                 "policy fwd 10.20.0.0/16 -> 10.1.0.0/16"));
    for (const auto& [key, policy] : desired.policies)
        if (policy.protect) { EXPECT_EQ(policy.protect->reqid.value, id_of_name("a").value); }
    EXPECT_THAT(desired.links, IsEmpty());
    EXPECT_THAT(desired.problems, IsEmpty());
}

TEST(CompilePairs, ProtocolAndPortsStandAtTheirEnd)
{
    auto c = connection();
    c.remote_subnets = {net("10.20.0.0/16[tcp/443]")};
    EXPECT_THAT(policies(compiled(c)), AllOf(Contains("policy out 10.1.0.0/16[tcp] -> 10.20.0.0/16[tcp/443]"),
                                             Contains("policy in 10.20.0.0/16[tcp/443] -> 10.1.0.0/16[tcp]")));
}

TEST(CompilePairs, WithoutALocalAddressOnlyTheWallStands)
{
    Desired desired;
    compile_pairs(connection(), {}, desired);
    EXPECT_EQ(policies(desired), (std::vector<std::string>{"block policy out 10.1.0.0/16 -> 10.20.0.0/16"}));
}

TEST(CompilePairs, OurNetworksTalkToEachOtherBesideADefaultRoute)
{
    auto c = connection();
    c.local_subnets = {net("10.1.0.0/16"), net("192.168.1.0/24"), net("fd01::/48")};
    c.remote_subnets = {net("0.0.0.0/0"), net("::/0")};
    const auto all = policies(compiled(c));
    for (const auto* expected :
         {"bypass policy out 10.1.0.0/16 -> 10.1.0.0/16", "bypass policy in 10.1.0.0/16 -> 192.168.1.0/24",
          "bypass policy fwd 192.168.1.0/24 -> 10.1.0.0/16", "bypass policy fwd fd01::/48 -> fd01::/48",
          "bypass policy out fd01::/48 -> ff00::/8", "bypass policy out fd01::/48 -> fe80::/10",
          "bypass policy in fe80::/10 -> fd01::/48", "bypass policy out 10.1.0.0/16 -> 224.0.0.0/4"})
        EXPECT_THAT(all, Contains(expected));
    EXPECT_THAT(policies(compiled(connection())), Not(Contains(testing::StartsWith("bypass"))));
}

TEST(CompilePairs, TheRouteIsThePeersWithOurSource)
{
    const auto desired = compiled(connection());
    EXPECT_THAT(desired.routes, Contains(route::RouteSpec{.destination = net("10.20.0.0/16").prefix,
                                                          .link = {"wan0"},
                                                          .gateway = ip("203.0.113.1"),
                                                          .source = ip("10.1.0.1"),
                                                          .connection = {"a"}}));
    EXPECT_THAT(desired.routes, Not(Contains(Field(&route::RouteSpec::type, route::RouteType::Unreachable))));
    auto other = connection();
    other.local_subnets = {net("fd01::/48")};
    other.remote_subnets = {net("fd20::/48")};
    EXPECT_THAT(compiled(other).routes, Contains(AllOf(Field(&route::RouteSpec::destination, net("fd20::/48").prefix),
                                                       Field(&route::RouteSpec::gateway, std::nullopt))));
}

TEST(CompilePairs, SegmentsFitTheWorstCaseOrWhatIsWritten)
{
    auto c = connection();
    const auto computed = compiled(c).nft.policy_mss.at({c.id.value});
    EXPECT_GT(computed, 1300);
    EXPECT_LT(computed, 1420);
    c.mss = 1200;
    EXPECT_EQ(compiled(c).nft.policy_mss.at({c.id.value}), 1200);
    EXPECT_THAT(compiled(c).nft.mss, IsEmpty());
}

TEST(CompilePairs, CombinedIsOneChildAndEachIsOneForEveryPair)
{
    auto c = connection();
    c.remote_subnets.push_back(net("10.21.0.0/16"));
    const auto combined = children_of_pairs(c);
    ASSERT_THAT(combined, SizeIs(1));
    EXPECT_EQ(combined[0].name, "a");
    EXPECT_EQ(combined[0].remote_ts, c.remote_subnets);
    c.selectors = config::Selectors::Each;
    const auto each = children_of_pairs(c);
    ASSERT_THAT(each, SizeIs(2));
    EXPECT_NE(each[0].name, each[1].name);
    EXPECT_EQ(each[1].remote_ts, (std::vector{net("10.21.0.0/16")}));
    for (const auto& [key, policy] : compiled(c).policies)
        if (policy.protect && key.direction == xfrm::Direction::Out) {
            EXPECT_EQ(policy.protect->reqid, each[key.destination == each[0].remote_ts[0].prefix ? 0 : 1].reqid);
        }
}

TEST(CompilePairs, AnEnabledConnectionsPairIsNotTakenByADisabledOne)
{
    auto off = connection("a");
    off.enabled = false;
    const auto on = connection("b");
    for (const auto& order : {std::vector{off, on}, std::vector{on, off}}) {
        Desired desired;
        for (const auto& c : order) compile_pairs(c, ip("203.0.113.10"), desired);
        for (const auto& [key, policy] : desired.policies) EXPECT_EQ(policy.connection, on.name);
    }
}

} // namespace
} // namespace linkspan::agent
