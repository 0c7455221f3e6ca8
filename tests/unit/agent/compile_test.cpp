#include "agent/compile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::agent {
namespace {

using testing::Contains;
using testing::Field;
using testing::IsEmpty;
using testing::SizeIs;

IpAddress ip(const char* text)
{
    return IpAddress::parse(text).value();
}
IpPrefix net(const char* text)
{
    return IpPrefix::parse(text).value();
}

config::Connection connection(const char* name)
{
    config::Connection c{.name = {name}, .id = id_of_name(name)};
    c.device = {std::string{"ls-"} + name};
    c.peer = ip("198.51.100.7");
    c.remote_subnets = {net("10.20.0.0/16")};
    c.tunnel_addresses = {IpInterface::parse("169.254.21.2/30").value()};
    c.esp_proposals = {Proposal{"aes256gcm16", {8, 16, 4}}};
    c.ike_proposals = {Proposal{"aes256gcm16-prfsha384-ecp384", {}}};
    return c;
}

config::Config one(config::Connection c)
{
    config::Config config;
    config.gateway.uplink = {"wan0"};
    config.connections.push_back(std::move(c));
    return config;
}

Facts facts(const char* name)
{
    Facts f;
    f.uplink_address[Family::V4] = ip("203.0.113.10");
    f.peer_paths[ip("198.51.100.7")] = {{"wan0"}, ip("203.0.113.1"), false};
    f.secrets[{name}] = {std::make_shared<const Secret>("psk"), {}};
    return f;
}

std::vector<route::RouteSpec> routes_to(const Desired& desired, const char* prefix)
{
    std::vector<route::RouteSpec> found;
    for (const auto& r : desired.routes)
        if (r.destination == net(prefix)) found.push_back(r);
    return found;
}

TEST(Compile, OneIdIsReqidMarkAndKey)
{
    const auto desired = compile(one(connection("a")), facts("a"));
    const auto id = id_of_name("a").value;
    EXPECT_EQ(desired.links.at({"ls-a"}).key.value, id);
    EXPECT_EQ(desired.ike.at({"a"}).children.at(0).reqid.value, id);
    ASSERT_THAT(desired.policies, SizeIs(4));
    for (const auto& [key, policy] : desired.policies) {
        EXPECT_EQ(key.mark.value, id);
        EXPECT_EQ(key.if_id.value, 0u);
    }
}

TEST(Compile, EveryOutPolicyHasItsBlockTwin)
{
    auto c = connection("a");
    c.interface = config::Interface::Xfrm;
    c.remote_subnets.push_back(net("2001:db8:20::/48"));
    const auto desired = compile(one(c), facts("a"));
    for (const auto& [key, policy] : desired.policies) {
        EXPECT_EQ(policy.protect.has_value(), key.role == xfrm::Role::Protect);
        if (key.direction != xfrm::Direction::Out || key.role != xfrm::Role::Protect) continue;
        auto twin = key;
        twin.role = xfrm::Role::Block;
        EXPECT_TRUE(desired.policies.contains(twin));
    }
    EXPECT_THAT(desired.policies, SizeIs(8));
}

TEST(Compile, RouteFallsBackToUnreachable)
{
    const auto found = routes_to(compile(one(connection("a")), facts("a")), "10.20.0.0/16");
    ASSERT_THAT(found, SizeIs(2));
    EXPECT_EQ(found[0].type, route::RouteType::Unreachable);
    EXPECT_EQ(found[1].type, route::RouteType::Unicast);
    EXPECT_EQ(found[1].metric + 1, found[0].metric) << "nobody may fit between the tunnel and its fallback";
}

TEST(Compile, DefaultRouteBecomesTwoHalves)
{
    auto c = connection("a");
    c.remote_subnets = {net("0.0.0.0/0")};
    const auto desired = compile(one(c), facts("a"));
    EXPECT_THAT(routes_to(desired, "0.0.0.0/1"), SizeIs(2));
    EXPECT_THAT(routes_to(desired, "128.0.0.0/1"), SizeIs(2));
    EXPECT_THAT(routes_to(desired, "0.0.0.0/0"), IsEmpty());
}

TEST(Compile, PeerIsPinnedOutsideTheTunnel)
{
    const auto found = routes_to(compile(one(connection("a")), facts("a")), "198.51.100.7/32");
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].link.value, "wan0");
    EXPECT_EQ(found[0].gateway, ip("203.0.113.1"));
}

TEST(Compile, PeerWithSomebodysHostRouteNeedsNoneOfOurs)
{
    auto f = facts("a");
    f.peer_paths.begin()->second.host_route = true;
    EXPECT_THAT(routes_to(compile(one(connection("a")), f), "198.51.100.7/32"), IsEmpty());
}

TEST(Compile, TwoConnectionsToOnePeerPinItOnce)
{
    auto config = one(connection("a"));
    auto b = connection("b");
    b.interface = config::Interface::Xfrm;
    b.remote_subnets = {net("10.30.0.0/16")};
    config.connections.push_back(b);
    EXPECT_THAT(routes_to(compile(config, facts("a")), "198.51.100.7/32"), SizeIs(1));
}

TEST(Compile, WithoutLocalAddressItStillDoesNotLeak)
{
    auto f = facts("a");
    f.uplink_address.clear();
    const auto desired = compile(one(connection("a")), f);
    ASSERT_THAT(desired.policies, SizeIs(1));
    EXPECT_EQ(desired.policies.begin()->first.role, xfrm::Role::Block);
    EXPECT_THAT(routes_to(desired, "10.20.0.0/16"), SizeIs(1));
    EXPECT_THAT(desired.ike, IsEmpty());
    EXPECT_THAT(desired.problems, Contains(Field(&Problem::why, "the uplink wan0 has no global IPv4 address")));
}

TEST(Compile, WithoutSecretTheKernelIsReadyAndIkeIsNot)
{
    auto f = facts("a");
    f.secrets[{"a"}] = {nullptr, "no such credential"};
    const auto desired = compile(one(connection("a")), f);
    EXPECT_THAT(desired.policies, SizeIs(4));
    EXPECT_THAT(desired.ike, IsEmpty());
    EXPECT_THAT(desired.problems, Contains(Field(&Problem::why, "no such credential")));
}

TEST(Compile, HeldDownAndDisabledKeepTheirProtection)
{
    auto f = facts("a");
    const auto up = compile(one(connection("a")), f);
    f.held_down.insert({"a"});
    const auto down = compile(one(connection("a")), f);
    auto c = connection("a");
    c.enabled = false;
    const auto disabled = compile(one(c), facts("a"));
    EXPECT_THAT(up.ended, IsEmpty());
    for (const auto* desired : {&down, &disabled}) {
        EXPECT_THAT(desired->ike, IsEmpty());
        EXPECT_EQ(desired->policies, up.policies);
        EXPECT_EQ(desired->routes, up.routes);
        EXPECT_THAT(desired->ended, SizeIs(1)) << "and no SA stays";
    }
}

TEST(Compile, StartDecidesWhoBegins)
{
    auto c = connection("a");
    c.start = config::Start::OnDemand;
    auto desired = compile(one(c), facts("a"));
    EXPECT_THAT(desired.keep_up, IsEmpty());
    EXPECT_TRUE(desired.ike.at({"a"}).trap);
    c.start = config::Start::Respond;
    desired = compile(one(c), facts("a"));
    EXPECT_THAT(desired.keep_up, IsEmpty());
    EXPECT_FALSE(desired.ike.at({"a"}).trap);
}

TEST(Compile, OwnPacketsCarryAnAddressThePeerKnows)
{
    auto c = connection("a");
    c.local_subnets = {net("10.1.0.0/16")};
    auto f = facts("a");
    f.own_addresses = {ip("203.0.113.10"), ip("10.1.0.1")};
    EXPECT_EQ(routes_to(compile(one(c), f), "10.20.0.0/16")[1].source, ip("10.1.0.1"));
    f.own_addresses.clear();
    EXPECT_EQ(routes_to(compile(one(c), f), "10.20.0.0/16")[1].source, ip("169.254.21.2"));
}

TEST(Compile, AnEditOfOneConnectionLeavesTheOthersValueAlone)
{
    auto config = one(connection("a"));
    auto b = connection("b");
    b.interface = config::Interface::Xfrm;
    b.remote_subnets = {net("10.30.0.0/16")};
    config.connections.push_back(b);
    const auto before = compile(config, facts("a"));
    config.connections[0].remote_subnets = {net("10.99.0.0/16")};
    config.connections[0].mtu = 1300;
    const auto after = compile(config, facts("a"));
    EXPECT_EQ(before.links.at({"ls-b"}), after.links.at({"ls-b"}));
    EXPECT_EQ(before.policies, after.policies);
    EXPECT_EQ(routes_to(before, "10.30.0.0/16"), routes_to(after, "10.30.0.0/16"));
}

pki::Certificate certificate(const char* der)
{
    pki::Certificate c;
    c.der = der;
    c.subject_der = "\x30";
    return c;
}

/// A connection by certificate, and the facts with its files.
std::pair<config::Connection, Facts> by_certificate()
{
    auto c = connection("a");
    c.x509 = config::X509Source{};
    c.x509->revocation = config::Revocation::Strict;
    c.remote_id = "hub.example.org";
    config::X509Files files;
    files.chain = {certificate("ours"), certificate("intermediate")};
    files.ca = {certificate("ca")};
    files.key = std::make_shared<const Secret>("key");
    files.crls = {"crl"};
    auto f = facts("a");
    f.secrets[{"a"}] = {.x509 = std::make_shared<const config::X509Files>(std::move(files))};
    return {c, f};
}

TEST(CompileIke, CertificatesTakeThePlaceOfTheKey)
{
    const auto [c, f] = by_certificate();
    const auto spec = compile(one(c), f).ike.at({"a"});
    EXPECT_EQ(spec.local_id, "asn1dn:#30") << "the certificate's subject";
    EXPECT_EQ(spec.psk, nullptr);
    ASSERT_TRUE(spec.x509);
    EXPECT_EQ(spec.x509->certificate, "ours");
    EXPECT_EQ(spec.x509->intermediates, std::vector<std::string>{"intermediate"});
    EXPECT_EQ(spec.x509->ca, std::vector<std::string>{"ca"});
    EXPECT_EQ(spec.x509->crls, std::vector<std::string>{"crl"});
    EXPECT_EQ(spec.x509->revocation, "strict");
    EXPECT_EQ(spec.x509->key->reveal(), "key");
}

TEST(CompileIke, AnExpiredCertificateIsToldAndTakesNothingDown)
{
    auto [c, f] = by_certificate();
    const auto before = compile(one(c), f);
    f.expiries[{"a"}] = {{{}, "ours expired on 2026-11-20", false}, {{}, "the CA expires on 2026-11-30", true}};
    const auto after = compile(one(c), f);
    EXPECT_EQ(after.ike, before.ike);
    EXPECT_THAT(after.problems, Contains(Field(&Problem::why, "ours expired on 2026-11-20")));
    EXPECT_THAT(after.warnings, Contains(Field(&Problem::why, "the CA expires on 2026-11-30")));
}

TEST(CompileIke, CertificatesThatDoNotFitAreNotToldToCharon)
{
    auto [c, f] = by_certificate();
    f.secrets[{"a"}] = {.error = "the key of another certificate"};
    const auto desired = compile(one(c), f);
    EXPECT_THAT(desired.ike, IsEmpty());
    EXPECT_THAT(desired.problems, Contains(Field(&Problem::object, "certificates of a")));
}

TEST(CompileIke, SaysHowIkeIsSpokenAndWhatSasDo)
{
    auto c = connection("a");
    c.ike = {.version = 1, .aggressive = true, .fragmentation = config::Fragmentation::Force, .dscp = 48};
    c.sa = {
        .bytes = 1'000'000, .packets = 2'000, .copy_dscp = config::CopyDscp::In, .copy_df = false, .copy_ecn = false};
    const auto spec = compile(one(c), facts("a")).ike.at({"a"});
    EXPECT_EQ(spec.version, 1U);
    EXPECT_TRUE(spec.aggressive);
    EXPECT_EQ(spec.fragmentation, ike::Fragmentation::Force);
    EXPECT_EQ(spec.dscp, 48);
    EXPECT_EQ(spec.sa, (ike::SaHandling{1'000'000, 2'000, "in", false, false}));
}

TEST(Compile, APeerOfAnyAddressIsToldToCharonAsSuchWhereverItIs)
{
    auto c = connection("a");
    c.interface = config::Interface::Xfrm;
    c.peer_any = true;
    for (const auto* where : {"0.0.0.0", "198.51.100.7"}) {
        c.peer = ip(where);
        const auto desired = compile(one(c), facts("a"));
        EXPECT_TRUE(desired.ike.at(c.name).remote.is_unspecified());
        EXPECT_EQ(desired.ike.at(c.name).local, ip("203.0.113.10"));
        EXPECT_TRUE(desired.problems.empty()) << "nobody is to act";
        EXPECT_EQ(desired.policies.size(), c.peer.is_unspecified() ? 1U : 4U) << where;
    }
}

TEST(Compile, APeerThatABackupWaitsForIsAskedInTime)
{
    auto c = connection("a");
    c.dpd_delay = std::chrono::seconds{3};
    EXPECT_EQ(compile(one(c), facts("a")).ike.at(c.name).dpd_delay, std::chrono::seconds{3});
    c.backup_of = ConnectionName{"b"};
    EXPECT_EQ(compile(one(c), facts("a")).ike.at(c.name).dpd_delay, std::chrono::seconds{2});
    c.dpd_delay = std::chrono::seconds{1};
    EXPECT_EQ(compile(one(c), facts("a")).ike.at(c.name).dpd_delay, std::chrono::seconds{1});
    c.dpd_delay = {};
    EXPECT_EQ(compile(one(c), facts("a")).ike.at(c.name).dpd_delay, std::chrono::seconds{0}) << "off stays off";
}

} // namespace
} // namespace linkspan::agent
