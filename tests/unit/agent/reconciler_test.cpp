#include "tests/unit/agent/reconciler_fixture.h"

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
    EXPECT_THAT(troubles()[0], AllOf(Field(&bus::Unsynced::object, "link ls-a"), Field(&bus::Unsynced::attempts, 1u),
                                     Field(&bus::Unsynced::why, HasSubstr("Unknown device type"))));
    look();
    EXPECT_EQ(troubles()[0].attempts, 1u) << "not due yet";
    world_.refuse.clear();
    now_ = reconciler_.next_due().when;
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
    EXPECT_THAT(troubles(), testing::Contains(AllOf(Field(&bus::Unsynced::object, "link ls-a"),
                                                    Field(&bus::Unsynced::why, HasSubstr("reading it back")))));
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
    EXPECT_THAT(troubles(), testing::Contains(Field(&bus::Unsynced::why, HasSubstr("dummy"))));
    world_.kernel.links->erase({"ls-a"});
    now_ = std::max(now_, reconciler_.next_due().when);
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

TEST_F(ReconcilerTest, APreviewDoesNotCountANegotiationThatWaitsForItsNextAttempt)
{
    config::Config config;
    config.gateway.uplink = {"wan0"};
    config.connections = {connection("a", "10.20.0.0/16")};
    const std::map<ConnectionName, SecretFact> secrets{{{"a"}, {psk_, {}}}};
    reconciler_.load(config, secrets);
    look();
    EXPECT_THAT(reconciler_.preview(config, secrets).steps, IsEmpty()) << "it was begun, and the peer does not answer";
    config.connections[0].peer = ip("198.51.100.9");
    const auto steps = reconciler_.preview(config, secrets).steps;
    EXPECT_TRUE(std::ranges::any_of(steps, is_trigger)) << "another peer is begun at once";
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
    EXPECT_THAT(troubles(), ElementsAre(Field(&bus::Unsynced::why, HasSubstr("expired on"))));
    EXPECT_TRUE(world_.charon.loaded.contains("a")) << "the tunnel that is up goes on";
}

} // namespace
} // namespace linkspan::agent
