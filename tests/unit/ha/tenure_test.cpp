#include "tests/unit/ha/gateway.h"

#include <optional>
#include <utility>

namespace linkspan::ha {
namespace {

/// A gateway and its arbiter, of which every answer takes its time. The peer is heard where the test says so.
struct Consulted {
    Gateway gateway;
    std::chrono::nanoseconds takes = 5ms;
    bool answers = true; ///< or says that nobody was reached
    bool peer_is_there = false;
    ArbiterRecord record = {};
    std::optional<std::pair<Monotonic, AskArbiter>> open = {};
    std::size_t asked = 0;
    std::size_t stops = 0; ///< for want of a vote

    explicit Consulted(std::uint32_t lost = 5)
    {
        gateway.settings.arbiter = true;
        gateway.settings.timing.lost = lost;
    }
    void give(const Event& event)
    {
        gateway.give(event);
        for (auto actions = std::exchange(gateway.actions, {}); const auto& action : actions) {
            if (const auto* question = std::get_if<AskArbiter>(&action)) {
                ++asked;
                open.emplace(gateway.now + takes, *question);
            }
            if (const auto* note = std::get_if<Note>(&action)) stops += note->cause == Cause::NoVote;
            if (const auto* persist = std::get_if<PersistEpoch>(&action)) give(EpochPersisted{persist->epoch});
        }
    }
    void answer()
    {
        const auto question = std::exchange(open, {})->second;
        if (!answers) return give(ArbiterAnswer{question.request, ArbiterVerdict::Unreachable, {}});
        const auto* write = std::get_if<WriteRecord>(&question.what);
        if (write) {
            EXPECT_EQ(write->expected, record.revision);
            record = {write->epoch, record.revision + 1};
        }
        give(ArbiterAnswer{question.request, write ? ArbiterVerdict::Written : ArbiterVerdict::Read, record});
    }
    void run(std::chrono::nanoseconds time)
    {
        for (const auto end = gateway.now + time; gateway.now < end;) {
            gateway.now += 5ms;
            if (open && open->first <= gateway.now) answer();
            const auto since = gateway.now - begin;
            if (peer_is_there && since % gateway.settings.timing.interval == 5ms)
                give(Heard{0, gateway.word(Role::Standby, gateway.state.known)});
            if (since % gateway.settings.timing.tick() == 0ms) give(Tick{});
        }
    }
    void become_active()
    {
        run(4 * gateway.settings.timing.detect());
        ASSERT_EQ(gateway.state.role, Role::Active);
    }
};

TEST(Vote, IsNotAskedForWhileThePeerIsHeard)
{
    Consulted pair;
    pair.become_active();
    pair.peer_is_there = true;
    pair.run(1s);
    pair.asked = 0;
    pair.run(5s);
    EXPECT_TRUE(pair.gateway.state.role == Role::Active && pair.stops == 0);
    EXPECT_EQ(pair.asked, 0U);
}

TEST(Vote, MayTakeHalfOfTheTimeItIsGoodFor)
{
    for (const auto& [lost, takes] : {std::pair{5U, 220ms}, std::pair{8U, 350ms}, std::pair{10U, 450ms}}) {
        Consulted pair{lost};
        pair.become_active();
        pair.takes = takes;
        pair.run(10s);
        EXPECT_TRUE(pair.gateway.state.role == Role::Active && pair.stops == 0) << lost << " lost";
    }
}

TEST(Vote, IsThereInTimeWhenThePeerFallsSilent)
{
    for (const auto& [lost, takes] : {std::pair{5U, 195ms}, std::pair{8U, 350ms}}) {
        Consulted pair{lost};
        pair.become_active();
        pair.peer_is_there = true;
        pair.run(2s);
        pair.peer_is_there = false;
        pair.takes = takes;
        pair.run(5s);
        EXPECT_TRUE(pair.gateway.state.role == Role::Active && pair.stops == 0) << lost << " lost";
    }
}

TEST(Vote, MayTakeLongerOnce)
{
    Consulted pair;
    pair.become_active();
    pair.run(2s);
    pair.takes = 340ms;
    while (!pair.open || pair.open->first - pair.gateway.now < 100ms) pair.run(5ms);
    pair.takes = 5ms;
    pair.run(2s);
    EXPECT_TRUE(pair.gateway.state.role == Role::Active && pair.stops == 0);
}

TEST(Vote, IsAskedForAgainWhereNobodyWasReached)
{
    Consulted pair;
    pair.become_active();
    pair.takes = 150ms;
    pair.answers = false;
    pair.run(200ms);
    pair.answers = true;
    pair.run(5s);
    EXPECT_TRUE(pair.gateway.state.role == Role::Active && pair.stops == 0);
}

TEST(Vote, IsAskedForNoMoreOftenThanHeartbeatsGoOut)
{
    Consulted pair;
    pair.become_active();
    pair.run(1s);
    pair.asked = 0;
    pair.run(1s);
    EXPECT_LE(pair.asked, 11U);
}

/// The peer gives up though it is fit, and rests; then it is ready again.
void fail_as_peer(Gateway& gateway)
{
    const auto end = gateway.now + gateway.settings.timing.detect();
    for (; gateway.now <= end; gateway.now += 50ms) gateway.hear(Role::Fault, {2});
    gateway.hear(Role::Standby, {2});
}

TEST(Addresses, ThatTheActiveOneCannotTakeAreThePeersChance)
{
    Gateway gateway;
    gateway.become_active();
    gateway.hear(Role::Standby, {2});
    gateway.give(AddressesNotTaken{{2}});
    EXPECT_TRUE(gateway.state.role == Role::Release && gateway.said(Cause::AddressesNotTaken));
}

TEST(Addresses, ThatThePeerCouldNotTakeEitherAreTriedAgainHere)
{
    Gateway gateway;
    gateway.become_active();
    fail_as_peer(gateway);
    for (int i = 0; i < 5; ++i) {
        gateway.give(AddressesNotTaken{{2}});
        ASSERT_EQ(gateway.state.role, Role::Active) << i;
        EXPECT_TRUE(gateway.said(Cause::AddressesTakenByNeither));
        const auto due = gateway.now + gateway.settings.timing.patience;
        while (!gateway.find<TakeAddresses>()) {
            ASSERT_LT(gateway.now, due);
            gateway.now += 50ms;
            gateway.hear(Role::Standby, {2});
        }
    }
}

TEST(Addresses, ThatWereTakenSinceAreThePeersChanceAgain)
{
    Gateway gateway;
    gateway.become_active();
    fail_as_peer(gateway);
    gateway.give(AddressesTaken{{2}});
    gateway.give(AddressesNotTaken{{2}}); // somebody has them
    EXPECT_EQ(gateway.state.role, Role::Release);
}

TEST(Addresses, AreTheChanceOfAPeerThatWasStartedAnewSince)
{
    Gateway gateway;
    gateway.become_active();
    fail_as_peer(gateway);
    gateway.now += 10ms;
    auto fresh = gateway.word(Role::Standby, {2});
    fresh.boot = 10;
    gateway.give(Heard{0, fresh});
    gateway.give(AddressesNotTaken{{2}});
    EXPECT_EQ(gateway.state.role, Role::Release);
}

TEST(Addresses, AreThePeersChanceWhereItOnlyStoodStillOrWasUnfit)
{
    for (const bool was_unfit : {false, true}) {
        Gateway gateway;
        gateway.become_active();
        for (int i = 0; i < (was_unfit ? 20 : 4); ++i) {
            gateway.now += 50ms;
            auto word = gateway.word(Role::Fault, {2});
            word.health.fit = !was_unfit || i > 3;
            gateway.give(Heard{0, word});
        }
        gateway.now += 50ms;
        gateway.hear(Role::Standby, {2});
        gateway.give(AddressesNotTaken{{2}});
        EXPECT_EQ(gateway.state.role, Role::Release) << was_unfit;
    }
}

TEST(Addresses, ThatThePreferredOneCouldNotTakeItDoesNotTakeBack)
{
    Gateway gateway;
    gateway.settings.preempt = gateway.settings.preferred = true;
    gateway.become_active();
    gateway.hear(Role::Standby, {2});
    gateway.give(AddressesNotTaken{{2}});
    gateway.give(Released{{2}});
    ASSERT_EQ(gateway.state.role, Role::Fault);
    for (int i = 0; i < 600; ++i) {
        gateway.now += 50ms;
        gateway.hear(Role::Active, {3});
        ASSERT_FALSE(gateway.said(Cause::Preempted));
    }
    ASSERT_EQ(gateway.state.role, Role::Standby);
    gateway.give(Commanded{Command::Resume});
    EXPECT_TRUE(gateway.said(Cause::Preempted)) << "a person has set it right";
}

} // namespace
} // namespace linkspan::ha
