#include "agent/compile_nat.h"

#include "agent/compile.h"
#include "agent/compile_ike.h"
#include "xfrm/describe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::agent {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

IpPrefix net(const char* text)
{
    return IpPrefix::parse(text).value();
}
IpAddress ip(const char* text)
{
    return IpAddress::parse(text).value();
}

/// As read from a file: 10.1.0.0/16 on both sides.
config::Connection connection(config::Mode mode)
{
    config::Connection c{.name = {"a"}, .id = id_of_name("a"), .mode = mode, .interface = config::Interface::Xfrm};
    if (mode == config::Mode::Route) c.device = {"ls-a"};
    c.peer = ip("198.51.100.7");
    c.local_subnets = {net("10.1.0.0/16")};
    c.remote_subnets = {net("100.65.0.0/16")};
    c.nat.local = {{net("10.1.0.0/16"), net("100.64.0.0/16")}};
    c.nat.remote = {{net("10.1.0.0/16"), net("100.65.0.0/16")}};
    c.esp_proposals = {Proposal{"aes256gcm16", {8, 16, 4}}};
    return c;
}

Facts facts()
{
    Facts facts;
    facts.uplink_address[Family::V4] = ip("203.0.113.10");
    facts.own_addresses = {ip("203.0.113.10"), ip("10.1.0.1")};
    facts.peer_paths[ip("198.51.100.7")] = {{"wan0"}, ip("203.0.113.1"), false};
    return facts;
}

Desired compiled(const config::Connection& c, const Facts& known = facts())
{
    config::Config config;
    config.gateway.uplink = {"wan0"};
    config.connections = {c};
    return compile(config, known);
}

TEST(CompileNat, PoliciesAndRoutesAreOfWhatOurHostsSee)
{
    std::vector<std::string> policies;
    for (const auto& [key, policy] : compiled(connection(config::Mode::Policy)).policies)
        policies.push_back(xfrm::describe(key));
    EXPECT_THAT(policies, Contains("policy out 10.1.0.0/16 -> 100.65.0.0/16"));
    EXPECT_THAT(policies, Contains("block policy out 10.1.0.0/16 -> 100.65.0.0/16"));
    EXPECT_THAT(policies, Contains("policy fwd 100.65.0.0/16 -> 10.1.0.0/16"));
    EXPECT_THAT(compiled(connection(config::Mode::Route)).routes,
                Contains(Field(&route::RouteSpec::destination, net("100.65.0.0/16"))));
}

TEST(CompileNat, IkeTellsWhatThePeerSees)
{
    const auto children = children_of(connection(config::Mode::Policy));
    ASSERT_THAT(children, SizeIs(1));
    EXPECT_THAT(children[0].local_ts, ElementsAre(TrafficSelector{net("100.64.0.0/16")}));
    EXPECT_THAT(children[0].remote_ts, ElementsAre(TrafficSelector{net("10.1.0.0/16")}));
}

TEST(CompileNat, EachChildTranslatesItsOwnNetworks)
{
    auto c = connection(config::Mode::Policy);
    c.selectors = config::Selectors::Each;
    c.remote_subnets.emplace_back(net("100.66.0.0/16"));
    c.nat.remote.push_back({net("10.2.0.0/16"), net("100.66.0.0/16")});
    const auto mouths = compiled(c).nat.mouths;
    ASSERT_THAT(mouths, SizeIs(2));
    for (const auto& [reqid, mouth] : mouths) {
        EXPECT_THAT(mouth.remote, SizeIs(1));
        EXPECT_THAT(mouth.local, SizeIs(1));
        EXPECT_EQ(mouth.connection, "a");
    }
}

TEST(CompileNat, ABackupTranslatesAsItsConnectionDoesAndCountsWithIt)
{
    auto c = connection(config::Mode::Route);
    c.name = {"a+backup"};
    c.backup_of = {"a"};
    Desired desired;
    compile_nat(c, desired);
    EXPECT_EQ(desired.nat.mouths.at({c.id.value}).connection, "a");
    c.enabled = false;
    Desired nothing;
    compile_nat(c, nothing);
    EXPECT_THAT(nothing.nat.mouths, IsEmpty());
}

TEST(CompileNat, OnlyAVtiIsKnownByItsLink)
{
    auto c = connection(config::Mode::Route);
    EXPECT_EQ(compiled(c).nat.mouths.at({c.id.value}).link, LinkName{});
    c.interface = config::Interface::Vti;
    EXPECT_EQ(compiled(c).nat.mouths.at({c.id.value}).link, LinkName{"ls-a"});
}

/// The peer's own addresses must not leave by a default route, nor be taken from whoever has them here.
TEST(CompileNat, RealNetworksLeadNowhereUnlessTheyAreSomebodysHere)
{
    const auto leads_nowhere = [](const config::Connection& c, const Facts& known, const char* network) {
        for (const auto& route : compiled(c, known).routes)
            if (route.destination == net(network)) return route.type == route::RouteType::Unreachable;
        return false;
    };
    auto c = connection(config::Mode::Policy);
    EXPECT_FALSE(leads_nowhere(c, facts(), "10.1.0.0/16")) << "our own network";
    c.nat.remote[0].real = net("10.7.0.0/16");
    EXPECT_TRUE(leads_nowhere(c, facts(), "10.7.0.0/16"));
    auto known = facts();
    known.real_elsewhere = {net("10.7.0.0/16")};
    EXPECT_FALSE(leads_nowhere(c, known, "10.7.0.0/16")) << "a foreign route leads there";
    known = facts();
    known.own_addresses.push_back(ip("10.7.0.1"));
    EXPECT_FALSE(leads_nowhere(c, known, "10.7.0.0/16")) << "an address of ours";
}

/// Hosts that are really here, and have addresses that stand for the peer's, are not reached; how depends on the mode.
TEST(CompileNat, RoutesToWhatStandsForThePeersNetworksAreWarnedOf)
{
    const auto warnings = [](const config::Connection& c, const ForeignRouteFact& route) {
        auto known = facts();
        known.foreign_inside[c.name] = {route};
        std::vector<std::string> texts;
        for (const auto& warning : compiled(c, known).warnings) texts.push_back(warning.why);
        return texts;
    };
    const std::string advice =
        "; by `remote` of its nat 100.65.0.0/16 stands for the peer's 10.1.0.0/16: take addresses "
        "that nobody has here";
    const auto route = connection(config::Mode::Route), policy = connection(config::Mode::Policy);
    const ForeignRouteFact past{net("100.65.7.0/24"), route::Fate::Past, "R"};
    for (const auto& c : {route, policy})
        EXPECT_THAT(
            warnings(c, past),
            ElementsAre("R leads into remote_subnets: it takes its packets past the tunnel, in the clear" + advice));
    auto within = policy;
    within.nat = {};
    within.remote_subnets = {net("10.0.0.0/8")};
    EXPECT_THAT(warnings(within, {net("10.1.0.0/24"), {}, "R"}), IsEmpty()) << "ours, which never goes to the peer";
    EXPECT_THAT(warnings(within, {net("10.9.0.0/24"), {}, "R"}), SizeIs(1));
}

} // namespace
} // namespace linkspan::agent
