#include "config/derive.h"

#include <gtest/gtest.h>

namespace linkspan::config {
namespace {

Connection sample()
{
    Connection c;
    c.name = {"hub"};
    c.id = id_of_name("hub");
    c.peer = IpAddress::parse("198.51.100.7").value();
    c.remote_subnets = {IpPrefix::parse("10.20.0.0/16").value()};
    c.esp_proposals = {Proposal{"aes256gcm16", {8, 16, 4}}};
    return c;
}

TEST(Derive, FamiliesAreThoseOfRemoteSubnetsAndTunnelAddresses)
{
    auto c = sample();
    EXPECT_EQ(inner_families(c), std::vector{Family::V4});
    c.tunnel_addresses = {IpInterface::parse("fd21::2/64").value()};
    EXPECT_EQ(inner_families(c), (std::vector{Family::V4, Family::V6}));
    c.remote_subnets = {IpPrefix::parse("fd20::/48").value()};
    EXPECT_EQ(inner_families(c), std::vector{Family::V6});
}

TEST(Derive, StaticKeysLeaveRoomForAnySuiteTheirFileMayName)
{
    auto c = sample();
    c.esp_proposals = {Proposal{"aes256-sha256", {16, 16, 16}}};
    const auto widest = link_mtu(c, 1500);
    c.esp_proposals = sample().esp_proposals;
    EXPECT_LT(widest, link_mtu(c, 1500));
    c.keys.name = "/etc/linkspan/keys/factory.toml";
    EXPECT_EQ(link_mtu(c, 1500), widest);
}

TEST(Derive, MtuIsWrittenOrComputedAndNeverAboveACeiling)
{
    auto c = sample();
    EXPECT_EQ(link_mtu(c, 1500), 1438U);
    c.nat_traversal = NatTraversal::None;
    EXPECT_EQ(link_mtu(c, 1500), 1446U);
    c.ceilings = {.mtu = 1400};
    EXPECT_EQ(link_mtu(c, 1500), 1400U);
    c.ceilings = {.outer = 1400};
    EXPECT_EQ(link_mtu(c, 1500), 1346U);
    c.mtu = 8000;
    EXPECT_EQ(link_mtu(c, 1500), 8000U) << "the person's word";
}

TEST(Derive, MssIsWrittenOrTheProfiles)
{
    auto c = sample();
    EXPECT_FALSE(mss_limit(c));
    c.ceilings.mss = 1350;
    EXPECT_EQ(mss_limit(c), 1350);
    c.mss = 1400;
    EXPECT_EQ(mss_limit(c), 1400);
}

TEST(Derive, IdentitiesAreTheAddressesUnlessWritten)
{
    auto c = sample();
    const auto local = IpAddress::parse("203.0.113.10").value();
    EXPECT_EQ(local_identity(c, local), "203.0.113.10");
    EXPECT_EQ(remote_identity(c), "198.51.100.7");
    c.local_id = "edge", c.remote_id = "%any";
    EXPECT_EQ(local_identity(c, local), "edge");
    EXPECT_EQ(remote_identity(c), "%any");
}

TEST(Derive, OneOfMarkAndInterfaceIdIsTheConnectionsId)
{
    auto c = sample();
    EXPECT_EQ(mark_of(c).value, c.id.value);
    EXPECT_EQ(if_id_of(c).value, 0U);
    c.interface = Interface::Xfrm;
    EXPECT_EQ(mark_of(c).value, 0U);
    EXPECT_EQ(if_id_of(c).value, c.id.value);
}

TEST(Derive, ATunnelInsideATunnelHasTheSmallestOfWhatCarriesIt)
{
    Connection hub{.name = {"hub"}}, backup{.name = {"hub+backup"}}, inner{.name = {"inner"}};
    for (auto* c : {&hub, &backup, &inner}) c->esp_proposals = {Proposal{"aes256gcm16", {8, 16, 4}}};
    backup.peer = IpAddress::parse("2001:db8::7").value(); // 20 bytes more around each packet
    inner.through = hub.name;
    const Config alone{.connections = {hub, inner}};
    EXPECT_EQ(underlay_mtu(alone, hub, 1500), 1500U);
    EXPECT_EQ(underlay_mtu(alone, inner, 1500), link_mtu(hub, 1500));
    EXPECT_EQ(bearer_of(alone, inner), &alone.connections[0]);
    EXPECT_EQ(bearer_of(alone, hub), nullptr);
    hub.backup = backup.name;
    backup.backup_of = hub.name;
    EXPECT_EQ(underlay_mtu({.connections = {hub, backup, inner}}, inner, 1500), link_mtu(backup, 1500));
    EXPECT_LT(link_mtu(backup, 1500), link_mtu(hub, 1500));
}

} // namespace
} // namespace linkspan::config
