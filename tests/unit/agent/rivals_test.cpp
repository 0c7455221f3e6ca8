#include "agent/rivals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::agent {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

/// Two IKE_SAs of connection "a", each with its child: number 1 of this end, number 2 of the other one.
struct Pairing : testing::Test {
    std::map<ConnectionName, ike::ConnectionSpec> specs = {};
    ike::SaView sas = {};
    Monotonic now{std::chrono::hours{1}};
    Superfluous superfluous = {};

    Pairing()
    {
        specs[{"a"}].name = {"a"};
        add(1, true, 0x1111);
        add(2, false, 0x2222);
    }
    ike::IkeSa& add(std::uint64_t id, bool initiator, std::uint64_t spi)
    {
        ike::IkeSa sa{.connection = {"a"}, .unique_id = id, .state = ike::IkeState::Established};
        sa.local = *IpAddress::parse("203.0.113.10");
        sa.remote = *IpAddress::parse("198.51.100.7");
        sa.spi_initiator = spi;
        sa.initiator = initiator;
        sa.age = 6;
        sa.children.push_back({.name = "a", .unique_id = 10 * id, .reqid = {7}, .state = ike::ChildState::Installed});
        return sas.emplace_back(std::move(sa));
    }
    [[nodiscard]] Rivals found() const { return rivals(specs, sas); }
    void look() { superfluous.see(found(), sas, now); }
};

TEST_F(Pairing, TheGreatestInitiatorsSpiGoesOn)
{
    EXPECT_THAT(found(), ElementsAre(Pair(1, 2)));
    sas[0].spi_initiator = 0x3333;
    EXPECT_THAT(found(), ElementsAre(Pair(2, 1)));
    add(3, true, 0x4444);
    EXPECT_THAT(found(), ElementsAre(Pair(1, 3), Pair(2, 3)));
}

TEST_F(Pairing, BothEndsDecideAlike)
{
    const auto here = found();
    for (auto& sa : sas) {
        std::swap(sa.local, sa.remote);
        sa.initiator = !sa.initiator;
        sa.age += 2;
    }
    std::swap(sas[0].unique_id, sas[1].unique_id);
    std::swap(sas[0], sas[1]);
    ASSERT_THAT(found(), ElementsAre(Pair(2, 1)));
    EXPECT_THAT(here, ElementsAre(Pair(1, 2)));
}

TEST_F(Pairing, OneAloneIsNoRival)
{
    sas.pop_back();
    EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Pairing, WhatTheSurvivorDoesNotCarryStays)
{
    sas[0].children.push_back({.name = "b", .reqid = {8}, .state = ike::ChildState::Installed});
    EXPECT_THAT(found(), IsEmpty());
    sas[0].children.back().state = ike::ChildState::Other;
    EXPECT_THAT(found(), ElementsAre(Pair(1, 2)));
    sas[0].children.front().remote_ts = {"10.20.0.0/16"};
    EXPECT_THAT(found(), IsEmpty()) << "it was agreed to carry less";
}

TEST_F(Pairing, WhatIsBeingMadeRenewedOrDeletedIsLeftAlone)
{
    for (const auto state : {ike::IkeState::Connecting, ike::IkeState::Rekeying, ike::IkeState::Deleting}) {
        sas[1].state = state;
        EXPECT_THAT(found(), IsEmpty());
    }
    sas[1].state = ike::IkeState::Established;
    sas[1].age = 4;
    EXPECT_THAT(found(), IsEmpty()) << "the other end may not know yet that it stands";
    sas[1].age = 6;
    sas[1].children.clear();
    EXPECT_THAT(found(), IsEmpty()) << "a rekeying took its children, or gives it some in a moment";
}

TEST_F(Pairing, AnOldOneThatThePeerMayHaveForgottenIsNone)
{
    sas[0].age = 22;
    EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Pairing, OtherEndsIdentitiesConnectionsAndIkeV1AreNone)
{
    auto other = sas[1];
    const auto expect_none = [&](const char* what) {
        EXPECT_THAT(found(), IsEmpty()) << what;
        sas[1] = other;
    };
    sas[1].remote = *IpAddress::parse("198.51.100.8");
    expect_none("another address");
    sas[1].remote_id = "hub.example";
    expect_none("another identity");
    sas[1].connection = {"b"};
    expect_none("another connection to the same peer");
    specs[{"a"}].version = 1;
    expect_none("IKEv1");
    specs.clear();
    expect_none("not ours");
}

TEST_F(Pairing, OurOwnEndsOnceNothingComesByIt)
{
    look();
    EXPECT_TRUE(superfluous.waits());
    EXPECT_THAT(superfluous.quiet(now + seconds{4}), IsEmpty());
    EXPECT_THAT(superfluous.quiet(now + seconds{5}),
                ElementsAre(Pair(1, "both ends began at once, and IKE_SA 2 carries")));
}

TEST_F(Pairing, APacketBegunElsewhereKeepsIt)
{
    look();
    now += seconds{4};
    sas[0].children[0].packets_in = 1;
    look();
    EXPECT_THAT(superfluous.quiet(now + seconds{4}), IsEmpty());
    now += seconds{4};
    sas[0].children[0].packets_out = 1;
    look();
    EXPECT_THAT(superfluous.quiet(now + seconds{4}), IsEmpty());
    EXPECT_THAT(superfluous.quiet(now + seconds{5}), testing::SizeIs(1));
}

TEST_F(Pairing, TheOtherEndsIsTheOtherEndsToDelete)
{
    sas[0].spi_initiator = 0x3333;
    look();
    EXPECT_THAT(superfluous.quiet(now + seconds{60}), IsEmpty());
    EXPECT_FALSE(superfluous.waits());
}

TEST_F(Pairing, APeerThatGoesOnUsingItIsNotLookedAtForEver)
{
    for (auto& sa : sas) sa.age = 120;
    look();
    EXPECT_FALSE(superfluous.waits());
}

TEST_F(Pairing, AnotherCharonsIkeSaOfTheSameNumberBeginsAnew)
{
    look();
    now += seconds{5};
    sas[0].spi_initiator = 0x1112;
    look();
    EXPECT_THAT(superfluous.quiet(now), IsEmpty());
}

} // namespace
} // namespace linkspan::agent
