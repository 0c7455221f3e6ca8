#include "tests/unit/ha/gateway.h"

namespace linkspan::ha {
namespace {

TEST(Start, PutsAwayWhatAKilledActiveOneLeft)
{
    const Gateway gateway;
    EXPECT_TRUE(gateway.find<DisarmFence>());
    EXPECT_TRUE(gateway.find<ReleaseAddresses>());
    EXPECT_LT(gateway.place<DisarmFence>(), gateway.place<SendHeartbeat>());
}

/// Or with the fastest settings every other acknowledgement is too old, and the fence closes until the next one is there.
TEST(Heartbeat, GoesOutAtTheTickThatWasMeantThoughItIsEarly)
{
    Gateway gateway;
    gateway.now += 50ms;
    gateway.give(Tick{});
    EXPECT_FALSE(gateway.find<SendHeartbeat>()) << "half an interval is none";
    gateway.now += 50ms - 20us;
    gateway.give(Tick{});
    EXPECT_TRUE(gateway.find<SendHeartbeat>());
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

} // namespace
} // namespace linkspan::ha
