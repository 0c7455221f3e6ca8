#include "tests/unit/agent/reconciler_fixture.h"

#include <gmock/gmock.h>

namespace linkspan::agent {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

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
    now_ = reconciler_.next_due().when;
    look();
    EXPECT_EQ(initiated(), 2);
}

TEST_F(ReconcilerTest, ANegotiationUnderWayIsNotLookedAtWithoutPause)
{
    load({connection("a", "10.20.0.0/16")});
    look();
    world_.charon.sas = {{.connection = {"a"}, .unique_id = 1, .state = ike::IkeState::Connecting}};
    now_ = reconciler_.next_due().when;
    look();
    EXPECT_GT(reconciler_.next_due().when, now_);
    world_.charon.sas.clear();
    now_ = reconciler_.next_due().when;
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

/// An IKE_SA of the connection "a" with its CHILD_SA, which was installed `age` seconds ago.
ike::IkeSa established(std::uint64_t age)
{
    ike::IkeSa sa{.connection = {"a"}, .unique_id = 7, .state = ike::IkeState::Established};
    sa.local = ip("203.0.113.10");
    sa.remote = ip("198.51.100.7");
    sa.children.push_back({.name = "a",
                           .reqid = {id_of_name("a").value},
                           .state = ike::ChildState::Installed,
                           .spi_in = {0x11},
                           .spi_out = {0x22},
                           .age = age});
    return sa;
}

TEST_F(ReconcilerTest, AnSaThatOnlyCharonBelievesInIsNegotiatedAnew)
{
    load({connection("a", "10.20.0.0/16")});
    look();
    const auto sa = established(60);
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

TEST_F(ReconcilerTest, AStandbyEndsACopyOfWhichNobodyHasAnythingAndBeginsNone)
{
    load({connection("a", "10.20.0.0/16")});
    reconciler_.tell_pair(PairRole::Standby);
    look();
    auto sa = established(60);
    sa.state = ike::IkeState::Passive;
    world_.charon.sas = {sa};
    world_.states = {{.key = {sa.remote, {0x22}}, .reqid = {id_of_name("a").value}},
                     {.key = {sa.local, {0x11}}, .reqid = {id_of_name("a").value}}};
    world_.applied.clear();
    look();
    EXPECT_THAT(world_.applied, IsEmpty());
    world_.states.clear();
    reconciler_.tell_copied({{sa.local, {0x11}}});
    look();
    EXPECT_THAT(world_.applied, IsEmpty()) << "the active gateway has them, and they are copied again";
    reconciler_.tell_copied({});
    look();
    EXPECT_THAT(world_.charon.sas, IsEmpty());
    EXPECT_THAT(world_.applied, ElementsAre(testing::StartsWith("terminate IKE_SA a #7")));
}

TEST_F(ReconcilerTest, ThePairIsToldWhatTheCharonOfAStandbyKnows)
{
    load({connection("a", "10.20.0.0/16")});
    look();
    EXPECT_EQ(reconciler_.charon_here(), ha::CharonHere{}) << "it is no standby";
    reconciler_.tell_pair(PairRole::Standby);
    world_.states = {{.key = {ip("203.0.113.10"), {0x11}}, .reqid = {id_of_name("a").value}}};
    look();
    EXPECT_EQ(reconciler_.charon_here(), (ha::CharonHere{.takes = true, .unknown = {world_.states.front().key}}));
    world_.charon_runs = false;
    look();
    EXPECT_FALSE(reconciler_.charon_here().takes);
}

TEST_F(ReconcilerTest, AnOutboundSaIsKeptTheFirstWithoutAWriteOfOurOwn)
{
    load({connection("a", "10.20.0.0/16")});
    look();
    const auto sa = established(0);
    world_.charon.sas = {sa};
    world_.states = {{.key = {sa.remote, {0x22}}, .reqid = {id_of_name("a").value}, .soft_expiry = 1'002'000},
                     {.key = {sa.local, {0x11}}, .reqid = {id_of_name("a").value}, .soft_expiry = 1'002'000}};
    const auto writes = reconciler_.writes();
    const auto outcome = look();
    EXPECT_TRUE(outcome.in_sync);
    EXPECT_FALSE(outcome.repaired);
    EXPECT_EQ(world_.states[0].rank, xfrm::Rank::First);
    EXPECT_EQ(world_.states[1].rank, xfrm::Rank::Plain) << "what comes in has no choice";
    EXPECT_EQ(reconciler_.writes(), writes);
    EXPECT_EQ(reconciler_.next_due().when, Monotonic::max());
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

TEST_F(ReconcilerTest, WhatAnEditEndsIsEndedOnceCharonKnowsTheEdit)
{
    auto edited = connection("a", "10.20.0.0/16");
    edited.start = config::Start::OnDemand;
    load({edited});
    look();
    ike::IkeSa sa{.connection = {"a"}, .unique_id = 1, .local = ip("203.0.113.10"), .remote = ip("198.51.100.7")};
    sa.children = {{.name = "a", .reqid = {edited.id.value}, .state = ike::ChildState::Installed}};
    world_.charon.sas = {sa};
    look();
    world_.applied.clear();
    edited.esp_proposals = {Proposal{"aes128gcm16", {8, 16, 4}}};
    load({edited});
    look();
    EXPECT_THAT(world_.applied, ElementsAre(HasSubstr("update IKE connection a"), "terminate IKE_SA a #1"))
        << "a packet between the two makes charon negotiate by what it knows";
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

TEST_F(ReconcilerTest, APeerByNameHasItsWallsUntilItIsKnownAndKeepsItsLastAddress)
{
    auto named = connection("a", "10.20.0.0/16");
    named.peer = ip("0.0.0.0");
    named.peer_name = "hub.example.org";
    load({named});
    look();
    const auto protects = [&] {
        return std::ranges::count_if(*world_.kernel.policies, [](const auto& p) { return p.protect.has_value(); });
    };
    EXPECT_EQ(protects(), 0);
    EXPECT_THAT(*world_.kernel.policies, SizeIs(1)) << "the wall";
    EXPECT_THAT(troubles(), testing::Contains(Field(&bus::Unsynced::why, HasSubstr("being resolved"))));
    const PeerName name{"hub.example.org", Family::V4};
    reconciler_.tell_peers({{name, {.error = "no such name", .failures = 1}}});
    now_ += std::chrono::seconds{2}; // what stays wrong is said anew once in a while
    look();
    EXPECT_THAT(troubles(), testing::Contains(Field(&bus::Unsynced::why, HasSubstr("no such name"))));
    reconciler_.tell_peers({{name, {.address = ip("198.51.100.7")}}});
    EXPECT_TRUE(look().in_sync);
    EXPECT_EQ(protects(), 3);
    Reconciler successor{world_, clock_, {}};
    config::Config config;
    config.gateway.uplink = {"wan0"};
    config.connections = {named};
    successor.load(config, {{{"a"}, {psk_, {}}}});
    successor.reconcile(all_rooms, true);
    EXPECT_EQ(protects(), 3) << "a new agent goes on with what the kernel has";
    EXPECT_EQ(successor.config()->connections[0].peer, ip("198.51.100.7"));
}

TEST_F(ReconcilerTest, PoliciesFollowAPeersNameAtTheLookThatTellsCharon)
{
    auto named = connection("a", "10.20.0.0/16");
    named.peer = ip("0.0.0.0");
    named.peer_name = "hub.example.org";
    load({named});
    const PeerName name{"hub.example.org", Family::V4};
    const auto leads_to = [&](const char* address) {
        return std::ranges::count_if(*world_.kernel.policies,
                                     [&](const auto& p) { return p.protect && p.protect->destination == ip(address); });
    };
    for (const auto* address : {"198.51.100.7", "198.51.100.8"}) {
        reconciler_.tell_peers({{name, {.address = ip(address)}}});
        reconciler_.reconcile(static_cast<Rooms>(Room::Ike), true);
        EXPECT_EQ(leads_to(address), 1);
    }
    EXPECT_EQ(leads_to("198.51.100.7"), 0);
}

TEST_F(ReconcilerTest, OfManyConnectionsSoManyAreBegunAtOnceAsThePaceAllows)
{
    std::vector<config::Connection> many;
    for (int i = 0; i < 100; ++i)
        many.push_back(connection("c" + std::to_string(100 + i), "10.20." + std::to_string(i) + ".0/24"));
    load(many);
    look();
    const auto begun = [&] {
        return std::ranges::count_if(world_.applied, [](const auto& text) { return text.starts_with("initiate"); });
    };
    EXPECT_EQ(begun(), 64);
    reconciler_.request_up({"c199"});
    look();
    EXPECT_EQ(begun(), 65) << "a person does not wait";
}

TEST_F(ReconcilerTest, APeerOfAnyAddressHasItsWallsUntilItComesAndIsNeverCalled)
{
    auto branch = connection("a", "10.20.0.0/16");
    branch.peer = ip("0.0.0.0");
    branch.peer_any = true;
    branch.start = config::Start::Respond;
    load({branch});
    reconciler_.request_up({"a"});
    EXPECT_TRUE(look().in_sync);
    const auto leads_to = [&](const char* address) {
        return std::ranges::count_if(*world_.kernel.policies, [&](const auto& p) {
            return p.protect && p.key.direction == xfrm::Direction::Out && p.protect->destination == ip(address);
        });
    };
    EXPECT_THAT(*world_.kernel.policies, SizeIs(1)) << "the wall";
    EXPECT_THAT(world_.applied, Not(testing::Contains(HasSubstr("initiate"))));
    ike::IkeSa sa{
        .connection = {"a"}, .unique_id = 7, .state = ike::IkeState::Established, .local = ip("203.0.113.10")};
    sa.remote = ip("198.51.100.7");
    sa.children = {{.name = "a", .unique_id = 1, .reqid = {branch.id.value}, .state = ike::ChildState::Installed}};
    world_.charon.sas = {sa};
    reconciler_.reconcile(static_cast<Rooms>(Room::Ike), true);
    EXPECT_EQ(leads_to("198.51.100.7"), 1);
    sa.unique_id = 8;
    sa.remote = ip("192.0.2.99");
    world_.charon.sas.push_back(sa);
    reconciler_.reconcile(static_cast<Rooms>(Room::Ike), true);
    EXPECT_EQ(leads_to("192.0.2.99"), 1) << "it has moved";
    EXPECT_EQ(leads_to("198.51.100.7"), 0);
}

} // namespace
} // namespace linkspan::agent
