#include "agent/static_status.h"

#include "agent/status.h"
#include "tests/fake/world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::agent {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const ConnectionName name{"factory"};

config::Generation generation(const std::string& label, std::uint32_t spi, bool sends)
{
    const auto keys = [&](char c) { return std::make_shared<const Secret>(label + std::string(20 - label.size(), c)); };
    return {.name = label,
            .sends = sends,
            .suite = find_esp_suite("aes128gcm16"),
            .in = {{spi}, keys('i')},
            .out = {{spi + 1}, keys('o')}};
}

struct StaticSite : testing::Test {
    fake::World world;
    Monotonic now{};
    Reconciler reconciler{world, {[this] { return now; }, [] { return WallTime{}; }}, {}};

    void take(std::vector<config::Generation> generations)
    {
        config::Connection c{.name = name, .id = id_of_name("factory"), .mode = config::Mode::Policy};
        c.peer = IpAddress::parse("198.51.100.7").value();
        c.local_address = IpAddress::parse("203.0.113.10").value();
        c.keys = {config::SecretSource::Kind::File, "/keys", {}};
        c.local_subnets = {TrafficSelector::parse("10.1.0.0/16").value()};
        c.remote_subnets = {TrafficSelector::parse("10.20.0.0/16").value()};
        c.esp_proposals = {Proposal{"aes256gcm16", {8, 16, 4}}};
        config::Config config;
        config.gateway.uplink = {"wan0"};
        config.connections = {c};
        std::map<ConnectionName, SecretFact> secrets;
        secrets[name].keys = std::make_shared<const config::StaticKeys>(config::StaticKeys{std::move(generations)});
        reconciler.load(std::move(config), std::move(secrets));
        (void)reconciler.reconcile(all_rooms, false);
    }
    [[nodiscard]] bus::State state() const { return state_of(reconciler.config()->connections[0], reconciler, {}); }
    [[nodiscard]] std::set<std::uint32_t> spis() const
    {
        std::set<std::uint32_t> all;
        for (const auto& s : world.states) all.insert(s.key.spi.value);
        return all;
    }
};

TEST_F(StaticSite, IsUpOnceItsSasAreInstalledWithoutAnyIke)
{
    world.charon_runs = false;
    take({generation("one", 0x1000, true)});
    EXPECT_EQ(state(), bus::State::Up);
    EXPECT_EQ(spis(), (std::set<std::uint32_t>{0x1000, 0x1001}));
    EXPECT_EQ(local_end_of(name, reconciler.desired())->text(), "203.0.113.10");
    const auto writes = reconciler.writes();
    (void)reconciler.reconcile(all_rooms, false);
    EXPECT_EQ(reconciler.writes(), writes) << "applied twice is applied once";
}

TEST_F(StaticSite, EveryGenerationReceivesAndOneSends)
{
    take({generation("one", 0x1000, true)});
    take({generation("one", 0x1000, true), generation("two", 0x2000, false)});
    EXPECT_EQ(spis(), (std::set<std::uint32_t>{0x1000, 0x1001, 0x2000}));
    take({generation("one", 0x1000, false), generation("two", 0x2000, true)});
    EXPECT_EQ(spis(), (std::set<std::uint32_t>{0x1000, 0x2000, 0x2001}));
    take({generation("two", 0x2000, true)});
    EXPECT_EQ(spis(), (std::set<std::uint32_t>{0x2000, 0x2001}));
}

TEST_F(StaticSite, HeldDownItHasNoSasAndKeepsItsPolicies)
{
    take({generation("one", 0x1000, true)});
    const auto policies = world.kernel.policies->size();
    reconciler.hold({name});
    (void)reconciler.reconcile(static_cast<Rooms>(Room::Ike), false);
    EXPECT_EQ(state(), bus::State::Down);
    EXPECT_THAT(spis(), IsEmpty());
    EXPECT_EQ(world.kernel.policies->size(), policies);
    reconciler.hold({});
    (void)reconciler.reconcile(static_cast<Rooms>(Room::Ike), false);
    EXPECT_EQ(state(), bus::State::Up);
}

TEST_F(StaticSite, WhatWasFlushedIsRepaired)
{
    take({generation("one", 0x1000, true)});
    world.states.clear();
    const auto outcome = reconciler.reconcile(static_cast<Rooms>(Room::Ike), true);
    EXPECT_TRUE(outcome.repaired);
    EXPECT_EQ(spis(), (std::set<std::uint32_t>{0x1000, 0x1001}));
}

TEST_F(StaticSite, SaysWhenKeysAreNearlyUsedUp)
{
    take({generation("one", 0x1000, true)});
    EXPECT_THAT(static_warnings(static_sas_of(name, reconciler)), IsEmpty());
    for (auto& s : world.states)
        if (s.key.spi.value == 0x1001) s.sent = 0xf000'0000;
    (void)reconciler.reconcile(static_cast<Rooms>(Room::Ike), true);
    const auto said = static_warnings(static_sas_of(name, reconciler));
    ASSERT_THAT(said, SizeIs(1));
    EXPECT_THAT(said[0], HasSubstr("keys \"one\" have 268435455 sequence numbers left out"));
}

} // namespace
} // namespace linkspan::agent
