#include "ha/describe.h"
#include "ha/step.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace linkspan::ha {
namespace {

using namespace std::chrono_literals;

constexpr Monotonic begin{1h};

/// One gateway, given what its peer would say.
struct Gateway {
    Settings settings = {};
    State state = {};
    Actions actions = {};
    Monotonic now = begin;

    explicit Gateway(Node self = Node::First, Epoch persisted = {})
    {
        settings.self = self;
        take(start(settings, 7, persisted, false, now));
    }
    void take(Step step)
    {
        state = std::move(step.state);
        actions = std::move(step.actions);
    }
    void give(const Event& event) { take(step(settings, std::move(state), event, now)); }
    void wait(std::chrono::nanoseconds time)
    {
        Actions all;
        for (const auto end = now + time; now < end;) {
            now += settings.timing.tick();
            give(Tick{});
            std::ranges::copy(actions, std::back_inserter(all));
        }
        actions = std::move(all);
    }
    /// A heartbeat that has heard our last one.
    [[nodiscard]] Heartbeat word(Role role, Epoch epoch) const
    {
        Heartbeat beat;
        beat.node = other(settings.self);
        beat.role = role;
        beat.epoch = epoch;
        beat.boot = 9;
        beat.sent = now;
        beat.echo_boot = 7;
        beat.echo = state.sent;
        beat.eligible = role == Role::Standby;
        return beat;
    }
    void hear(Role role, Epoch epoch) { give(Heard{0, word(role, epoch)}); }
    template <typename T>
    [[nodiscard]] const T* find() const
    {
        for (const auto& action : actions)
            if (const auto* found = std::get_if<T>(&action)) return found;
        return nullptr;
    }
    template <typename T>
    [[nodiscard]] std::ptrdiff_t place() const
    {
        return std::ranges::find_if(actions, [](const Action& a) { return std::holds_alternative<T>(a); }) -
               actions.begin();
    }
    [[nodiscard]] bool said(Cause cause) const
    {
        return std::ranges::any_of(actions, [&](const Action& action) {
            const auto* note = std::get_if<Note>(&action);
            return note && note->cause == cause;
        });
    }
    void become_active()
    {
        wait(settings.timing.detect());
        ASSERT_EQ(state.role, Role::Claim);
        give(EpochPersisted{state.claim.epoch});
        ASSERT_EQ(state.role, Role::Active);
    }
};

TEST(Start, PutsAwayWhatAKilledActiveOneLeft)
{
    const Gateway gateway;
    EXPECT_TRUE(gateway.find<DisarmFence>());
    EXPECT_TRUE(gateway.find<ReleaseAddresses>());
    EXPECT_LT(gateway.place<DisarmFence>(), gateway.place<SendHeartbeat>());
}

TEST(Claim, ComesOnlyAfterTheSilenceAndWithItsEpochOnDisk)
{
    Gateway gateway{Node::First, {6}};
    gateway.wait(gateway.settings.timing.detect() - gateway.settings.timing.tick());
    EXPECT_FALSE(gateway.find<PersistEpoch>());
    gateway.wait(gateway.settings.timing.tick());
    ASSERT_TRUE(gateway.find<PersistEpoch>());
    EXPECT_EQ(gateway.find<PersistEpoch>()->epoch, Epoch{8});
    EXPECT_FALSE(gateway.find<ArmFence>());
    gateway.give(EpochPersisted{{8}});
    EXPECT_EQ(gateway.state.role, Role::Active);
    ASSERT_TRUE(gateway.find<ArmFence>());
    EXPECT_LE(gateway.find<ArmFence>()->lifetime, gateway.settings.timing.fence());
    EXPECT_EQ(gateway.find<TakeAddresses>()->epoch, Epoch{8});
    EXPECT_TRUE(gateway.find<RekeyAll>());
}

TEST(Claim, IsRefusedWithoutTheDisk)
{
    Gateway gateway;
    gateway.wait(gateway.settings.timing.detect());
    gateway.give(EpochNotPersisted{gateway.state.claim.epoch});
    EXPECT_EQ(gateway.state.role, Role::Fault);
    EXPECT_TRUE(gateway.said(Cause::EpochNotWritten));
    EXPECT_FALSE(gateway.find<ArmFence>());
    gateway.wait(gateway.settings.timing.hold_down - 100ms);
    EXPECT_EQ(gateway.state.role, Role::Fault);
}

TEST(Claim, WaitsForTheWordOfAPeerThatIsThere)
{
    Gateway gateway;
    gateway.hear(Role::Standby, {});
    gateway.give(EpochPersisted{gateway.state.claim.epoch});
    ASSERT_EQ(gateway.state.role, Role::Claim);
    EXPECT_EQ(gateway.find<SendHeartbeat>()->beat.role, Role::Claim);
    gateway.now += 10ms;
    gateway.hear(Role::Standby, {});
    EXPECT_EQ(gateway.state.role, Role::Claim) << "it does not know of the claim yet";
    gateway.now += 10ms;
    gateway.hear(Role::Release, gateway.state.claim.epoch);
    EXPECT_EQ(gateway.state.role, Role::Claim) << "it is mute, and its counters are on their way";
    gateway.now += 10ms;
    gateway.hear(Role::Standby, gateway.state.claim.epoch);
    EXPECT_EQ(gateway.state.role, Role::Active);
    EXPECT_TRUE(gateway.find<JumpCounters>()->exact);
    EXPECT_FALSE(gateway.find<RekeyAll>());
}

TEST(Active, GivesWayToAHigherEpochMuteFirst)
{
    Gateway gateway;
    gateway.become_active();
    gateway.hear(Role::Claim, {5});
    ASSERT_EQ(gateway.state.role, Role::Release);
    EXPECT_TRUE(std::holds_alternative<DisarmFence>(gateway.actions.front()));
    EXPECT_EQ(gateway.find<SendCounters>()->epoch, Epoch{2});
    EXPECT_FALSE(gateway.find<ReleaseAddresses>() || gateway.find<PersistEpoch>()) << "the peer is to carry first";
    gateway.give(Released{{2}});
    EXPECT_TRUE(gateway.state.role == Role::Standby && gateway.find<SendHeartbeat>()->beat.epoch == Epoch{5});
    ASSERT_TRUE(gateway.find<ReleaseAddresses>() && gateway.find<PersistEpoch>());
    EXPECT_LT(gateway.place<SendHeartbeat>(), gateway.place<ReleaseAddresses>());
    EXPECT_LT(gateway.place<SendHeartbeat>(), gateway.place<PersistEpoch>());
}

TEST(Peer, WhoseFileDiffersIsToldOfOnceAndHandsOverToNobody)
{
    Gateway gateway;
    gateway.settings.config = {1, 2, 3, 4, 5, 6};
    gateway.become_active();
    const auto hear = [&](const ConfigDigest& config) {
        gateway.now += 10ms;
        auto beat = gateway.word(Role::Standby, {2});
        beat.config = config;
        gateway.give(Heard{0, beat});
    };
    hear({});
    EXPECT_FALSE(gateway.said(Cause::ConfigDiffers)) << "it has not read its file yet";
    hear({1, 2, 9, 4, 5, 6});
    EXPECT_TRUE(gateway.said(Cause::ConfigDiffers));
    gateway.give(Commanded{Command::Switchover});
    EXPECT_TRUE(gateway.said(Cause::RefusedDiffers));
    hear({1, 2, 9, 4, 5, 6});
    EXPECT_FALSE(gateway.said(Cause::ConfigDiffers));
    hear(gateway.settings.config);
    EXPECT_TRUE(peer_ready(gateway.settings, gateway.state, gateway.now));
    gateway.settings.config[0] = 7; // ours changes, the peer's stays
    hear({1, 2, 3, 4, 5, 6});
    EXPECT_TRUE(gateway.said(Cause::ConfigDiffers));
}

TEST(Active, KeepsAgainstALowerEpochAndAnnouncesOnceItIsGone)
{
    Gateway gateway;
    gateway.become_active();
    gateway.hear(Role::Active, {1});
    EXPECT_EQ(gateway.state.role, Role::Active);
    EXPECT_TRUE(gateway.said(Cause::TwoActive));
    gateway.now += 10ms;
    gateway.hear(Role::Standby, {2});
    EXPECT_TRUE(gateway.find<Announce>());
    EXPECT_TRUE(gateway.find<JumpCounters>());
    EXPECT_TRUE(gateway.find<RekeyAll>());
}

TEST(Active, ArmsNothingAfterItStoodStill)
{
    Gateway gateway;
    gateway.become_active();
    gateway.now += 2s;
    gateway.give(Tick{});
    EXPECT_EQ(gateway.state.role, Role::Release);
    EXPECT_FALSE(gateway.find<ArmFence>());
    EXPECT_TRUE(gateway.said(Cause::StoodStill));
}

TEST(Active, StopsAtOnceWhenItsClockStoodStill)
{
    Gateway gateway;
    gateway.become_active();
    gateway.give(Woke{});
    EXPECT_EQ(gateway.state.role, Role::Release);
    EXPECT_TRUE(gateway.find<DisarmFence>());
}

TEST(Active, IsNotInTheRunningAfterItStoodStill)
{
    Gateway gateway;
    gateway.become_active();
    gateway.now += 2s;
    gateway.give(Tick{});
    gateway.give(Released{gateway.state.epoch});
    EXPECT_EQ(gateway.state.role, Role::Fault);
    EXPECT_EQ(gateway.find<SendHeartbeat>()->beat.role, Role::Fault);
    gateway.wait(3 * gateway.settings.timing.interval);
    EXPECT_EQ(gateway.state.role, Role::Standby);
}

TEST(Standby, IsNotInTheRunningRightAfterItStoodStill)
{
    Gateway gateway;
    gateway.hear(Role::Active, {3});
    ASSERT_EQ(gateway.state.role, Role::Standby);
    gateway.now += 2s;
    gateway.give(Tick{});
    EXPECT_TRUE(gateway.said(Cause::StoodStill));
    EXPECT_EQ(gateway.find<SendHeartbeat>()->beat.role, Role::Fault);
    gateway.wait(gateway.settings.timing.interval);
    EXPECT_EQ(gateway.state.role, Role::Fault);
    gateway.wait(2 * gateway.settings.timing.interval);
    EXPECT_EQ(gateway.state.role, Role::Standby);
}

TEST(Standby, ThatStoodStillAndIsUnfitIsHeldDownAsUsual)
{
    Gateway gateway;
    gateway.hear(Role::Active, {3});
    gateway.now += 2s;
    gateway.give(Tick{});
    gateway.give(HealthChanged{{.fit = false, .reasons = 1}});
    gateway.give(HealthChanged{});
    gateway.hear(Role::Active, {3});
    gateway.wait(4 * gateway.settings.timing.interval);
    EXPECT_EQ(gateway.state.role, Role::Fault);
}

TEST(Active, StopsWhereThePeerDoesNotHearItInTime)
{
    Gateway gateway;
    gateway.become_active();
    gateway.hear(Role::Standby, {2});
    const auto acked = gateway.state.sent;
    while (gateway.state.role == Role::Active) {
        ASSERT_LT(gateway.now - acked, gateway.settings.timing.detect());
        gateway.now += gateway.settings.timing.tick();
        auto deaf = gateway.word(Role::Standby, {2});
        deaf.echo = acked;
        gateway.give(Heard{0, deaf});
        if (const auto* arm = gateway.find<ArmFence>()) {
            EXPECT_LE(gateway.now + arm->lifetime, acked + gateway.settings.timing.lease());
        }
    }
    EXPECT_TRUE(gateway.said(Cause::PeerDoesNotHear));
}

TEST(Active, UnfitLetsGo)
{
    Gateway gateway;
    gateway.become_active();
    gateway.give(HealthChanged{{false, 4}});
    EXPECT_EQ(gateway.state.role, Role::Release);
    gateway.give(Released{gateway.state.epoch});
    EXPECT_EQ(gateway.state.role, Role::Fault);
    EXPECT_FALSE(gateway.find<SendHeartbeat>()->beat.eligible);
}

TEST(Active, WithoutAFenceDoesNotCarry)
{
    Gateway gateway;
    gateway.become_active();
    gateway.give(FenceFailed{});
    EXPECT_EQ(gateway.state.role, Role::Release);
    EXPECT_TRUE(gateway.said(Cause::FenceNotArmed));
}

TEST(Heard, ARecordingNeitherGrantsNorCountsAsHeard)
{
    Gateway gateway;
    gateway.become_active();
    auto old = gateway.word(Role::Standby, {2});
    old.echo_boot = 6;
    gateway.give(Heard{0, old});
    EXPECT_EQ(gateway.state.peer.acked, Monotonic{});
    EXPECT_FALSE(peer_present(gateway.settings, gateway.state, gateway.now));
}

TEST(Heard, TwoOfOneNodeNeverClaim)
{
    Gateway gateway;
    auto same = gateway.word(Role::Standby, {});
    same.node = gateway.settings.self;
    gateway.give(Heard{0, same});
    EXPECT_TRUE(gateway.said(Cause::SameNode));
    gateway.wait(3 * gateway.settings.timing.detect());
    EXPECT_EQ(gateway.find<PersistEpoch>(), nullptr);
}

TEST(Heard, DifferencesAreSaidOnce)
{
    Gateway gateway;
    gateway.settings.config[2] = 4;
    auto beat = gateway.word(Role::Standby, {});
    beat.config[2] = 5;
    gateway.give(Heard{0, beat});
    EXPECT_TRUE(gateway.said(Cause::ConfigDiffers));
    gateway.now += 10ms;
    beat.sent = gateway.now;
    gateway.give(Heard{0, beat});
    EXPECT_FALSE(gateway.said(Cause::ConfigDiffers));
}

TEST(Switchover, IsRefusedWithoutAPeerAndWithAnotherFile)
{
    Gateway gateway;
    gateway.become_active();
    gateway.give(Commanded{Command::Switchover});
    EXPECT_TRUE(gateway.said(Cause::RefusedNoStandby));
    auto beat = gateway.word(Role::Standby, {2});
    gateway.settings.config[0] = 2;
    beat.config[0] = 1;
    gateway.give(Heard{0, beat});
    gateway.give(Commanded{Command::Switchover});
    EXPECT_TRUE(gateway.said(Cause::RefusedDiffers));
    gateway.give(Commanded{Command::SwitchoverAnyway});
    EXPECT_TRUE(gateway.state.hand_over);
}

TEST(Switchover, IsCalledOffWhereNobodyTakesOver)
{
    Gateway gateway;
    gateway.become_active();
    gateway.hear(Role::Standby, {2});
    gateway.give(Commanded{Command::MaintenanceOn});
    ASSERT_TRUE(gateway.state.hand_over);
    for (int i = 0; i < 80; ++i) {
        gateway.now += gateway.settings.timing.tick();
        gateway.hear(Role::Standby, {2});
        if (gateway.said(Cause::HandOverCalledOff)) break;
    }
    EXPECT_EQ(gateway.state.role, Role::Active);
    EXPECT_FALSE(gateway.state.maintenance);
}

TEST(Maintenance, NeverClaims)
{
    Gateway gateway;
    gateway.give(Commanded{Command::MaintenanceOn});
    gateway.wait(2 * gateway.settings.timing.detect());
    EXPECT_EQ(gateway.state.role, Role::Maint);
    EXPECT_FALSE(gateway.find<PersistEpoch>());
    gateway.give(Commanded{Command::MaintenanceOff});
    EXPECT_EQ(gateway.state.role, Role::Standby);
}

TEST(Arbiter, NoClaimWithoutItsWord)
{
    Gateway gateway;
    gateway.settings.arbiter = true;
    gateway.wait(4 * gateway.settings.timing.detect());
    EXPECT_EQ(gateway.state.role, Role::Standby);
    EXPECT_FALSE(gateway.find<PersistEpoch>());
    ASSERT_TRUE(gateway.find<AskArbiter>());
    gateway.give(ArbiterAnswer{gateway.state.vote.request, ArbiterVerdict::Read, {{4}, 1}});
    EXPECT_EQ(gateway.state.role, Role::Claim);
    gateway.give(EpochPersisted{gateway.state.claim.epoch});
    EXPECT_EQ(gateway.state.role, Role::Claim);
    const auto* asked = gateway.find<AskArbiter>();
    ASSERT_TRUE(asked);
    const auto* write = std::get_if<WriteRecord>(&asked->what);
    ASSERT_TRUE(write);
    EXPECT_EQ(write->epoch, Epoch{6});
    EXPECT_EQ(write->expected, 1U);
}

} // namespace
} // namespace linkspan::ha
