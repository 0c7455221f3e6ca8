#include "agent/reconciler.h"
#include "tests/fake/world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace linkspan::agent {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

IpAddress ip(const char* text)
{
    return IpAddress::parse(text).value();
}

config::Connection connection(const std::string& name, const std::string& subnet)
{
    config::Connection c{.name = {name}, .id = id_of_name(name), .interface = config::Interface::Xfrm};
    c.device = {"ls-" + name};
    c.peer = ip("198.51.100.7");
    c.remote_id = name + ".example"; // one peer, told apart by its identities
    c.remote_subnets = {IpPrefix::parse(subnet).value()};
    c.tunnel_addresses = {IpInterface::parse("169.254.21.2/30").value()};
    c.esp_proposals = {Proposal{"aes256gcm16", {8, 16, 4}}};
    c.ike_proposals = {Proposal{"aes256gcm16-prfsha384-ecp384", {}}};
    return c;
}

/// A gateway with a world of its own and a clock that stands still until told.
class ReconcilerTest : public testing::Test {
protected:
    ReconcilerTest()
    {
        (*world_.kernel.links)[{"wan0"}] = {.index = {2}, .mtu = 1500, .up = true};
        world_.kernel.routes->foreign_addresses.push_back(
            {{"wan0"}, IpInterface::parse("203.0.113.10/24").value(), true, true});
    }

    void load(std::vector<config::Connection> connections)
    {
        config::Config config;
        config.gateway.uplink = {"wan0"};
        std::map<ConnectionName, SecretFact> secrets;
        for (const auto& c : connections) secrets[c.name].secret = psk_;
        config.connections = std::move(connections);
        reconciler_.load(std::move(config), std::move(secrets));
    }

    Outcome look() { return reconciler_.reconcile(all_rooms, true); }
    std::vector<Unsynced> troubles() { return reconciler_.troubles().report(now_); }

    fake::World world_;
    Monotonic now_{std::chrono::hours{1}};
    WallTime wall_{std::chrono::seconds{1'000'000}};
    std::shared_ptr<const Secret> psk_ = std::make_shared<const Secret>("psk");
    Clock clock_{[this] { return now_; }, [this] { return wall_; }};
    Reconciler reconciler_{world_, clock_, {}};
};

TEST_F(ReconcilerTest, PlansNothingBeforeAFileIsLoaded)
{
    world_.kernel.routes->own_routes[{}] = {.type = route::RouteType::Unreachable};
    EXPECT_THAT(look().done, IsEmpty());
    EXPECT_THAT(world_.applied, IsEmpty());
}

TEST_F(ReconcilerTest, OneLookBringsEverythingAndTheNextNothing)
{
    load({connection("a", "10.20.0.0/16"), connection("b", "10.30.0.0/16")});
    EXPECT_TRUE(look().in_sync);
    EXPECT_THAT(world_.kernel.links.value(), SizeIs(3));
    const auto writes = reconciler_.writes();
    now_ += std::chrono::milliseconds{1};
    EXPECT_THAT(look().done, IsEmpty());
    EXPECT_EQ(reconciler_.writes(), writes);
}

TEST_F(ReconcilerTest, ARestartedAgentAdoptsWithoutAKernelWrite)
{
    load({connection("a", "10.20.0.0/16")});
    look();
    const auto before = world_.applied.size();
    Reconciler successor{world_, clock_, {}};
    auto config = *reconciler_.config();
    successor.load(config, {{{"a"}, {psk_, {}}}});
    EXPECT_TRUE(successor.reconcile(static_cast<Rooms>(all_rooms & ~static_cast<Rooms>(Room::Ike)), true).in_sync);
    EXPECT_EQ(world_.applied.size(), before);
}

TEST_F(ReconcilerTest, WhatSomebodyDeletedIsRepairedAndSaidSo)
{
    load({connection("a", "10.20.0.0/16")});
    EXPECT_FALSE(look().repaired) << "following the file is no repair";
    world_.kernel.policies->pop_back();
    world_.kernel.routes->own_routes.erase(world_.kernel.routes->own_routes.begin());
    const auto outcome = look();
    EXPECT_TRUE(outcome.repaired);
    EXPECT_THAT(outcome.done, SizeIs(2));
    EXPECT_TRUE(outcome.in_sync);
}

TEST_F(ReconcilerTest, AReplacedLinkGetsItsRoutesBackInTheSameLook)
{
    load({connection("a", "10.20.0.0/16")});
    look();
    world_.remove_link({"ls-a"});
    EXPECT_TRUE(look().in_sync);
    EXPECT_THAT(world_.kernel.routes->own_addresses, SizeIs(1));
    EXPECT_THAT(look().done, IsEmpty());
}

TEST_F(ReconcilerTest, AStubbornObjectWaitsAndTheOthersGoOn)
{
    world_.refuse["link ls-a"] = {Kind::Unsupported, EOPNOTSUPP, "Unknown device type"};
    load({connection("a", "10.20.0.0/16"), connection("b", "10.30.0.0/16")});
    EXPECT_FALSE(look().in_sync);
    EXPECT_TRUE(world_.kernel.links->contains({"ls-b"}));
    ASSERT_THAT(troubles(), Not(IsEmpty()));
    EXPECT_THAT(troubles()[0], AllOf(Field(&Unsynced::object, "link ls-a"), Field(&Unsynced::attempts, 1u),
                                     Field(&Unsynced::why, HasSubstr("Unknown device type"))));
    look();
    EXPECT_EQ(troubles()[0].attempts, 1u) << "not due yet";
    world_.refuse.clear();
    now_ = reconciler_.next_due();
    EXPECT_TRUE(look().in_sync);
    EXPECT_THAT(troubles(), IsEmpty());
}

TEST_F(ReconcilerTest, AnImpatientLookTriesAtOnce)
{
    world_.refuse["link ls-a"] = {Kind::Busy, EBUSY, "busy"};
    load({connection("a", "10.20.0.0/16")});
    look();
    world_.refuse.clear();
    EXPECT_TRUE(reconciler_.reconcile(all_rooms, false).in_sync);
}

TEST_F(ReconcilerTest, WhatIsAcceptedAndDoesNotAppearIsTrouble)
{
    world_.forgetful.insert("link ls-a");
    load({connection("a", "10.20.0.0/16")});
    EXPECT_FALSE(look().in_sync);
    EXPECT_THAT(troubles(), testing::Contains(AllOf(Field(&Unsynced::object, "link ls-a"),
                                                    Field(&Unsynced::why, HasSubstr("reading it back")))));
}

TEST_F(ReconcilerTest, AForeignLinkInOurPlaceIsNamedAndLeftAlone)
{
    const vti::Link foreign{.index = {9}, .mtu = 1500, .up = true, .kind = "dummy"};
    (*world_.kernel.links)[{"ls-a"}] = foreign;
    load({connection("a", "10.20.0.0/16")});
    EXPECT_FALSE(look().in_sync);
    EXPECT_EQ(world_.kernel.links->at({"ls-a"}), foreign);
    EXPECT_THAT(world_.kernel.routes->own_addresses, IsEmpty()) << "nothing of ours goes onto it";
    for (const auto& [key, route] : world_.kernel.routes->own_routes) EXPECT_NE(route.link.value, "ls-a");
    EXPECT_THAT(troubles(), testing::Contains(Field(&Unsynced::why, HasSubstr("dummy"))));
    world_.kernel.links->erase({"ls-a"});
    now_ = std::max(now_, reconciler_.next_due());
    EXPECT_TRUE(look().in_sync);
}

TEST_F(ReconcilerTest, ARoomThatCannotBeSeenIsNotTouched)
{
    load({connection("a", "10.20.0.0/16")});
    look();
    world_.kernel.policies->clear();
    world_.blind.insert(Room::Policies);
    EXPECT_FALSE(look().in_sync);
    EXPECT_THAT(world_.kernel.policies.value(), IsEmpty());
    world_.blind.clear();
    EXPECT_TRUE(look().in_sync);
    EXPECT_THAT(world_.kernel.policies.value(), SizeIs(4));
}

TEST_F(ReconcilerTest, ARemovedConnectionLeavesNothing)
{
    const auto before = world_.kernel;
    load({connection("a", "10.20.0.0/16")});
    look();
    load({});
    EXPECT_TRUE(look().in_sync);
    EXPECT_EQ(world_.kernel.links, before.links);
    EXPECT_EQ(world_.kernel.routes, before.routes);
    EXPECT_EQ(world_.kernel.policies, before.policies);
    EXPECT_THAT(world_.charon.loaded, IsEmpty());
}

TEST_F(ReconcilerTest, InitiatesOnceAndThenWaitsItsBackOff)
{
    load({connection("a", "10.20.0.0/16")});
    look();
    const auto initiated = [&] {
        return std::ranges::count_if(world_.applied, [](const auto& text) { return text.starts_with("initiate"); });
    };
    EXPECT_EQ(initiated(), 1);
    look();
    EXPECT_EQ(initiated(), 1);
    now_ = reconciler_.next_due();
    look();
    EXPECT_EQ(initiated(), 2);
}

TEST_F(ReconcilerTest, ANegotiationUnderWayIsNotLookedAtWithoutPause)
{
    load({connection("a", "10.20.0.0/16")});
    look();
    world_.charon.sas = {{.connection = {"a"}, .unique_id = 1, .state = ike::IkeState::Connecting}};
    now_ = reconciler_.next_due();
    look();
    EXPECT_GT(reconciler_.next_due(), now_);
    world_.charon.sas.clear();
    now_ = reconciler_.next_due();
    world_.applied.clear();
    look();
    EXPECT_THAT(world_.applied, testing::Contains(testing::StartsWith("initiate")));
}

TEST_F(ReconcilerTest, ANewCharonIsToldEverythingAgain)
{
    load({connection("a", "10.20.0.0/16")});
    look();
    world_.charon_runs = false;
    look();
    EXPECT_TRUE(reconciler_.ike_error().has_value());
    world_.restart_charon();
    world_.charon_runs = true;
    EXPECT_FALSE(look().repaired) << "nobody changed anything";
    EXPECT_THAT(world_.charon.loaded, ElementsAre("a"));
    EXPECT_FALSE(reconciler_.ike_error().has_value());
}

TEST_F(ReconcilerTest, AnSaThatOnlyCharonBelievesInIsNegotiatedAnew)
{
    load({connection("a", "10.20.0.0/16")});
    look();
    ike::IkeSa sa{.connection = {"a"}, .unique_id = 7, .state = ike::IkeState::Established};
    sa.local = ip("203.0.113.10");
    sa.remote = ip("198.51.100.7");
    sa.children.push_back({.name = "a",
                           .reqid = {id_of_name("a").value},
                           .state = ike::ChildState::Installed,
                           .spi_in = {0x11},
                           .spi_out = {0x22},
                           .age = 60});
    world_.charon.sas = {sa};
    world_.states = {{.key = {sa.remote, {0x22}}, .reqid = {id_of_name("a").value}},
                     {.key = {sa.local, {0x11}}, .reqid = {id_of_name("a").value}}};
    EXPECT_THAT(look().done, IsEmpty()) << "the kernel has both";
    world_.states.pop_back();
    world_.applied.clear();
    EXPECT_TRUE(look().repaired) << "the journal says so";
    EXPECT_THAT(world_.charon.sas, IsEmpty());
    EXPECT_THAT(world_.applied, testing::Contains(testing::StartsWith("initiate")));
}

TEST_F(ReconcilerTest, PreviewChangesNothing)
{
    load({});
    look();
    const auto before = world_.kernel.routes;
    config::Config config;
    config.gateway.uplink = {"wan0"};
    config.connections = {connection("a", "10.20.0.0/16")};
    EXPECT_THAT(reconciler_.preview(config, {{{"a"}, {psk_, {}}}}).steps, Not(IsEmpty()));
    EXPECT_EQ(world_.kernel.routes, before);
    EXPECT_THAT(look().done, IsEmpty());
}

/// True where a packet for `destination` meets a tunnel route or its fallback.
bool has_route(const route::Observed& routes, const IpPrefix& destination)
{
    return std::ranges::any_of(routes.own_routes,
                               [&](const auto& item) { return item.first.destination == destination; });
}

bool has_out_policy(const xfrm::Policies& policies, IfId if_id)
{
    return std::ranges::any_of(
        policies, [&](const auto& p) { return p.key.direction == xfrm::Direction::Out && p.key.if_id == if_id; });
}

/// Random edits, and a look at the kernel between any two effects: a connection that stays configured is never without
/// a wall, and a link never without a policy.
TEST_F(ReconcilerTest, NoEffectEverOpensAGap)
{
    std::mt19937 random{20261120};
    const auto roll = [&](unsigned sides) { return std::uniform_int_distribution<unsigned>{0, sides - 1}(random); };
    std::vector<config::Connection> before;
    for (int edit = 0; edit < 300; ++edit) {
        std::vector<config::Connection> after;
        for (unsigned i = 0; i < 5; ++i) {
            if (roll(4) == 0) continue;
            auto c = connection("c" + std::to_string(i), "10." + std::to_string(i) + ".0.0/16");
            if (roll(3) == 0) c.device = {"other" + std::to_string(i)};
            if (roll(3) == 0) c.peer = ip("198.51.100.8");
            if (roll(3) == 0) c.mtu = 1300;
            after.push_back(c);
        }
        world_.after_step = [&](const Step& step) {
            for (const auto& c : after) {
                const bool stays = std::ranges::find(before, c.name, &config::Connection::name) != before.end();
                if (!stays) continue;
                EXPECT_TRUE(has_route(*world_.kernel.routes, c.remote_subnets[0].prefix)) << "after " << describe(step);
                EXPECT_TRUE(has_out_policy(*world_.kernel.policies, {c.id.value})) << "after " << describe(step);
            }
            for (const auto& [name, link] : *world_.kernel.links) {
                if (!link.ours || !link.tunnel) continue;
                EXPECT_TRUE(has_out_policy(*world_.kernel.policies, link.tunnel->if_id)) << "after " << describe(step);
            }
        };
        load(after);
        EXPECT_TRUE(look().in_sync);
        EXPECT_THAT(look().done, IsEmpty());
        before = std::move(after);
    }
}

TEST_F(ReconcilerTest, ARestartEndsTheSasOfOneConnectionAndBeginsAnew)
{
    auto a = connection("a", "10.20.0.0/16");
    a.start = config::Start::Respond;
    load({a, connection("b", "10.30.0.0/16")});
    world_.charon.sas = {{.connection = {"a"}, .unique_id = 1}, {.connection = {"b"}, .unique_id = 2}};
    for (auto& sa : world_.charon.sas) sa.local = ip("203.0.113.10"), sa.remote = ip("198.51.100.7");
    for (auto& sa : world_.charon.sas)
        sa.children.push_back({.name = sa.connection.value,
                               .reqid = {id_of_name(sa.connection.value).value},
                               .state = ike::ChildState::Installed});
    look();
    world_.applied.clear();
    reconciler_.request_restart({"a"});
    reconciler_.reconcile(static_cast<Rooms>(Room::Ike), false);
    EXPECT_THAT(world_.applied, ElementsAre("terminate IKE_SA a #1", HasSubstr("initiate IKE negotiation a")));
    EXPECT_THAT(world_.charon.sas, ElementsAre(Field(&ike::IkeSa::unique_id, 2u)));
    world_.applied.clear();
    look();
    EXPECT_THAT(world_.applied, IsEmpty()) << "a restart is made once";
}

TEST_F(ReconcilerTest, AnIkeSaThatHangsIsReplacedOnceInABackOff)
{
    load({connection("a", "10.20.0.0/16")});
    look();
    world_.forgetful = {"IKE_SA a #7"};
    world_.charon.sas = {{.connection = {"a"}, .unique_id = 7, .state = ike::IkeState::Connecting}};
    look();
    world_.applied.clear();
    now_ += longest_connecting + std::chrono::seconds{1};
    EXPECT_TRUE(look().repaired);
    EXPECT_THAT(world_.applied, testing::Contains(AllOf(HasSubstr("terminate IKE_SA a #7"),
                                                        HasSubstr("has been connecting for 81 s"))));
    world_.applied.clear();
    now_ += std::chrono::seconds{30};
    look();
    EXPECT_THAT(world_.applied, Not(testing::Contains(HasSubstr("terminate")))) << "it was told to end just now";
    now_ += longest_connecting;
    look();
    EXPECT_THAT(world_.applied, testing::Contains(HasSubstr("terminate"))) << "it still hangs";
}

TEST_F(ReconcilerTest, ACertificateThatExpiresIsNoticedByTheClockAlone)
{
    auto c = connection("a", "10.20.0.0/16");
    c.x509 = config::X509Source{};
    config::X509Files files;
    files.chain.emplace_back().not_after = wall_ + std::chrono::days{30};
    files.key = psk_;
    config::Config config;
    config.gateway.uplink = {"wan0"};
    config.connections = {c};
    reconciler_.load(config, {{{"a"}, {.x509 = std::make_shared<const config::X509Files>(std::move(files))}}});
    EXPECT_TRUE(look().in_sync);
    wall_ += std::chrono::days{20};
    EXPECT_TRUE(look().in_sync);
    EXPECT_THAT(reconciler_.desired().warnings, testing::Contains(Field(&Problem::why, HasSubstr("expires on"))));
    wall_ += std::chrono::days{10};
    EXPECT_FALSE(look().in_sync);
    EXPECT_THAT(troubles(), ElementsAre(Field(&Unsynced::why, HasSubstr("expired on"))));
    EXPECT_TRUE(world_.charon.loaded.contains("a")) << "the tunnel that is up goes on";
}

} // namespace
} // namespace linkspan::agent
