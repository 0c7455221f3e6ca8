#include "tests/unit/ha/gateway.h"

namespace linkspan::ha {
namespace {

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

TEST(Switchover, IsRefusedWhileTheStandbyDoesNotHaveAllSas)
{
    for (const auto command : {Command::Switchover, Command::MaintenanceOn}) {
        Gateway gateway;
        gateway.become_active();
        auto beat = gateway.word(Role::Standby, {2});
        beat.replication.lacks = beat.wants = true;
        gateway.give(Heard{0, beat});
        EXPECT_FALSE(gateway.state.hand_over) << "nor is its own wish heeded";
        gateway.give(Commanded{command});
        EXPECT_TRUE(gateway.said(Cause::RefusedNotCopied));
        EXPECT_FALSE(gateway.state.hand_over || gateway.state.maintenance);
        gateway.give(Commanded{Command::SwitchoverAnyway});
        EXPECT_TRUE(gateway.state.hand_over);
    }
}

TEST(Switchover, IsRefusedOnAStandbyThatDoesNotHaveAllSas)
{
    Gateway gateway;
    gateway.hear(Role::Active, {1});
    gateway.give(ReplicationChanged{{.lacks = true}});
    gateway.give(Commanded{Command::Switchover});
    EXPECT_TRUE(gateway.said(Cause::RefusedNotCopied));
    EXPECT_FALSE(gateway.state.wants);
    gateway.give(ReplicationChanged{});
    gateway.give(Commanded{Command::Switchover});
    EXPECT_TRUE(gateway.state.wants);
}

TEST(Preemption, WaitsUntilAllSasAreCopied)
{
    Gateway gateway;
    gateway.settings.preempt = gateway.settings.preferred = true;
    gateway.hear(Role::Active, {1});
    gateway.give(ReplicationChanged{{.lacks = true}});
    const auto wished_within = [&](std::chrono::nanoseconds time) {
        for (const auto end = gateway.now + time; gateway.now < end && !gateway.state.wants;) {
            gateway.now += gateway.settings.timing.tick();
            gateway.hear(Role::Active, {1});
            gateway.give(Tick{});
        }
        return gateway.state.wants;
    };
    EXPECT_FALSE(wished_within(2 * gateway.settings.timing.hold_down));
    gateway.give(ReplicationChanged{});
    EXPECT_TRUE(wished_within(gateway.settings.timing.interval));
}

TEST(Yielding, HandsOverToAGatewayThatCouldGoOn)
{
    Gateway gateway;
    gateway.become_active();
    gateway.hear(Role::Standby, {2});
    gateway.give(Commanded{Command::Yield});
    EXPECT_TRUE(gateway.said(Cause::Leaves));
    EXPECT_TRUE(gateway.state.hand_over);
}

TEST(Yielding, IsRefusedWhereNobodyCouldGoOn)
{
    Gateway gateway;
    gateway.become_active();
    gateway.give(Commanded{Command::Yield});
    EXPECT_TRUE(gateway.said(Cause::RefusedNoStandby));
    EXPECT_FALSE(gateway.state.hand_over);
}

TEST(Yielding, IsNothingToWhoDoesNotCarry)
{
    Gateway gateway;
    gateway.hear(Role::Active, {1});
    const auto before = gateway.state.role;
    gateway.give(Commanded{Command::Yield});
    EXPECT_EQ(gateway.state.role, before);
    EXPECT_FALSE(gateway.state.wants || gateway.state.hand_over);
    EXPECT_FALSE(gateway.find<Note>()) << "nor is anything said";
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

/// The peer is active and asks to be relieved, and is; then it takes over again, likewise.
void relieve_and_give_back(Gateway& gateway)
{
    gateway.now += 10ms;
    auto word = gateway.word(Role::Active, next_epoch(other(gateway.settings.self), gateway.state.known));
    word.hand_over = true;
    gateway.give(Heard{0, word});
    ASSERT_EQ(gateway.state.role, Role::Claim);
    gateway.give(EpochPersisted{gateway.state.claim.epoch});
    gateway.now += 10ms;
    gateway.hear(Role::Standby, gateway.state.claim.epoch);
    ASSERT_EQ(gateway.state.role, Role::Active);
    gateway.now += 10ms;
    gateway.hear(Role::Claim, next_epoch(other(gateway.settings.self), gateway.state.known));
    gateway.give(Released{gateway.state.epoch});
    ASSERT_EQ(gateway.state.role, Role::Standby);
    gateway.now += 10ms;
}

TEST(FlapLimit, DoesNotCountWhatAPersonAskedFor)
{
    Gateway gateway;
    gateway.hear(Role::Active, {1});
    for (int i = 0; i < 5; ++i) relieve_and_give_back(gateway);
    gateway.hear(Role::Active, gateway.state.known);
    gateway.wait(gateway.settings.timing.detect());
    EXPECT_EQ(gateway.state.role, Role::Claim) << "the peer died, and is followed at once";
    EXPECT_FALSE(gateway.said(Cause::Flapping));
}

TEST(FlapLimit, CountsWhatThePreferredOneTakesBackByItself)
{
    Gateway gateway;
    gateway.settings.preempt = gateway.settings.preferred = true;
    gateway.settings.timing.hold_down = 1ms;
    gateway.hear(Role::Active, {1});
    for (std::uint32_t i = 0; i < gateway.settings.timing.flap_limit; ++i) {
        gateway.now += 10ms;
        gateway.hear(Role::Active, gateway.state.known);
        ASSERT_TRUE(gateway.said(Cause::Preempted)) << i;
        relieve_and_give_back(gateway);
    }
    gateway.settings.timing.hold_down = 10s;
    gateway.state.fit_since = gateway.state.started = gateway.now - 20s;
    gateway.hear(Role::Active, gateway.state.known);
    EXPECT_FALSE(gateway.said(Cause::Preempted));
    gateway.wait(2 * gateway.settings.timing.detect());
    EXPECT_EQ(gateway.state.role, Role::Standby) << "the limit is reached: a death waits, too";
    EXPECT_TRUE(gateway.said(Cause::Flapping));
}

} // namespace
} // namespace linkspan::ha
