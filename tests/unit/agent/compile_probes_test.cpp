#include "agent/compile_probes.h"

#include "config/pairs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::agent {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

TrafficSelector net(const char* text)
{
    return TrafficSelector::parse(text).value();
}
IpAddress ip(const char* text)
{
    return IpAddress::parse(text).value();
}

config::Connection connection(config::Mode mode)
{
    config::Connection c{.name = {"a"}, .id = id_of_name("a"), .mode = mode};
    c.device = {"ls-a"};
    c.peer = ip("198.51.100.7");
    c.local_subnets = {net("10.3.0.0/16[tcp]"), net("10.1.0.0/16")};
    c.remote_subnets = {net("10.20.0.0/16")};
    c.tunnel_addresses = {IpInterface::parse("169.254.21.2/30").value()};
    c.probe = config::Probe{.target = ip("10.20.0.1")};
    return c;
}

Desired compiled(const config::Connection& c,
                 std::vector<IpAddress> own = {ip("203.0.113.10"), ip("10.3.0.1"), ip("10.1.0.1")})
{
    Facts facts;
    facts.own_addresses = std::move(own);
    Desired desired;
    compile_probe(c, facts, ip("203.0.113.10"), desired);
    return desired;
}

TEST(CompileProbe, GoesByTheLinkFromItsInnerAddress)
{
    const auto c = connection(config::Mode::Route);
    const auto spec = compiled(c).probes.at(c.name);
    EXPECT_EQ(spec.device, c.device);
    EXPECT_EQ(spec.source, ip("169.254.21.2"));
    EXPECT_EQ(spec.protect, std::nullopt);
}

TEST(CompileProbe, InPolicyModeGoesByTheSaOfThePairThatCarriesItFromOurAddressThere)
{
    auto c = connection(config::Mode::Policy);
    for (const auto selectors : {config::Selectors::Combined, config::Selectors::Each}) {
        c.selectors = selectors;
        const auto spec = compiled(c).probes.at(c.name);
        EXPECT_EQ(spec.source, ip("10.1.0.1")) << "the other network is for TCP alone";
        const auto reqid = config::reqid_of(c, {c.local_subnets[1], c.remote_subnets[0]});
        EXPECT_EQ(spec.protect, (xfrm::Template{ip("203.0.113.10"), c.peer, reqid}));
        EXPECT_TRUE(spec.device.value.empty());
    }
}

TEST(CompileProbe, InPolicyModeWithoutAnAddressOfOursThereItAsksNothingAndSaysSo)
{
    const auto c = connection(config::Mode::Policy);
    const auto desired = compiled(c, {ip("203.0.113.10")});
    EXPECT_EQ(desired.probes.at(c.name).protect, std::nullopt);
    EXPECT_THAT(desired.warnings, SizeIs(1));
}

TEST(CompileProbe, ADisabledConnectionHasNone)
{
    auto c = connection(config::Mode::Policy);
    c.enabled = false;
    EXPECT_THAT(compiled(c).probes, IsEmpty());
}

} // namespace
} // namespace linkspan::agent
