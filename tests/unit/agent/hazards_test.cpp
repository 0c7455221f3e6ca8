#include "agent/hazards.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <sstream>

namespace linkspan::agent {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

const Reqid reqid{id_of_name("a").value};

/// An IKE_SA with CHILD_SAs, and the kernel that has all of their SAs.
struct Gateway {
    ike::IkeSa sa{.connection = {"a"}, .unique_id = 7, .state = ike::IkeState::Established};
    std::vector<xfrm::ObservedState> states = {};

    Gateway()
    {
        sa.local = *IpAddress::parse("203.0.113.10");
        sa.remote = *IpAddress::parse("198.51.100.7");
    }
    /// Its SPIs are id * 16 + 1 and id * 16 + 2.
    ike::ChildSa& add(std::uint32_t id, ike::ChildState state = ike::ChildState::Installed, std::uint64_t age = 60)
    {
        const Spi in{id * 16 + 1};
        const Spi out{id * 16 + 2};
        sa.children.push_back(
            {.unique_id = id, .reqid = reqid, .state = state, .spi_in = in, .spi_out = out, .age = age});
        states.push_back({.key = {sa.local, in}, .source = sa.remote, .reqid = reqid});
        states.push_back({.key = {sa.remote, out}, .source = sa.local, .reqid = reqid});
        std::ranges::sort(states, {}, &xfrm::ObservedState::key);
        return sa.children.back();
    }
    Gateway& lose(std::uint32_t spi)
    {
        std::erase_if(states, [&](const auto& state) { return state.key.spi == Spi{spi}; });
        return *this;
    }
    [[nodiscard]] std::vector<ike::Terminate> void_copies(const std::set<xfrm::StateKey>& told = {}) const
    {
        return agent::void_copies({sa}, states, {}, told);
    }
    [[nodiscard]] std::vector<ike::Terminate> phantoms(std::chrono::seconds apart = {}) const
    {
        return agent::phantoms({sa}, states, apart);
    }
};

auto ends(std::uint64_t child_id, const char* why)
{
    return AllOf(Field(&ike::Terminate::ike_id, 7u), Field(&ike::Terminate::child_id, child_id),
                 Field(&ike::Terminate::why, HasSubstr(why)));
}

TEST(Hazards, WhatTheKernelHasIsNoPhantom)
{
    Gateway gateway;
    gateway.add(1);
    gateway.add(2, ike::ChildState::Rekeying);
    EXPECT_THAT(gateway.phantoms(), IsEmpty());
}

TEST(Hazards, EitherDirectionMissingIsSaid)
{
    Gateway gateway;
    gateway.add(1);
    EXPECT_THAT(Gateway{gateway}.lose(0x12).phantoms(), ElementsAre(ends(0, "outbound SA 0x00000012")));
    EXPECT_THAT(Gateway{gateway}.lose(0x11).phantoms(), ElementsAre(ends(0, "inbound SA 0x00000011")));
    EXPECT_THAT(Gateway{gateway}.lose(0x11).lose(0x12).phantoms(),
                ElementsAre(ends(0, "SAs 0x00000011 and 0x00000012")));
}

TEST(Hazards, OfSeveralChildrenTheBrokenOneGoesAlone)
{
    Gateway gateway;
    gateway.add(1);
    gateway.add(2).reqid = {reqid.value + 1};
    EXPECT_THAT(gateway.lose(0x22).phantoms(), ElementsAre(ends(2, "outbound")));
}

TEST(Hazards, AChildThatIsBeingRekeyedCountsToo)
{
    Gateway gateway;
    gateway.add(1, ike::ChildState::Rekeying);
    EXPECT_THAT(gateway.lose(0x12).phantoms(), ElementsAre(ends(0, "outbound")));
}

TEST(Hazards, WhatIsYoungOrNotCarryingOrNotOursIsLeftAlone)
{
    Gateway gateway;
    gateway.add(1, ike::ChildState::Installed, 4);
    gateway.add(2, ike::ChildState::Other);
    gateway.add(3).reqid = {1};
    gateway.states.clear();
    EXPECT_THAT(gateway.phantoms(), IsEmpty());
}

TEST(Hazards, WhatMayHaveComeWhileCharonWasAskedIsLeftAlone)
{
    Gateway gateway;
    gateway.add(1, ike::ChildState::Installed, 12);
    gateway.states.clear();
    EXPECT_THAT(gateway.phantoms(std::chrono::seconds{8}), IsEmpty());
    EXPECT_THAT(gateway.phantoms(std::chrono::seconds{7}), ElementsAre(ends(0, "SAs")));
}

TEST(Hazards, AnIkeSaThatIsEndingIsNotEndedAgain)
{
    Gateway gateway;
    gateway.add(1);
    gateway.sa.state = ike::IkeState::Deleting;
    EXPECT_THAT(gateway.lose(0x12).phantoms(), IsEmpty());
}

TEST(Hazards, AReplacedChildDoesNotHideThatItsSuccessorCannotSend)
{
    Gateway gateway;
    gateway.add(1, ike::ChildState::Other, 3600);
    gateway.add(2);
    EXPECT_THAT(gateway.lose(0x22).phantoms(), ElementsAre(ends(2, "outbound")));
}

TEST(Hazards, ACopyOfWhichTheKernelHasNothingIsVoid)
{
    Gateway gateway;
    gateway.add(1);
    gateway.add(2);
    EXPECT_THAT(Gateway{gateway}.lose(0x11).lose(0x22).void_copies(), IsEmpty()) << "one that carries is no copy";
    gateway.sa.state = ike::IkeState::Passive;
    EXPECT_THAT(gateway.void_copies(), IsEmpty());
    EXPECT_THAT(Gateway{gateway}.lose(0x11).void_copies(), IsEmpty()) << "of the other tunnel it may be needed";
    EXPECT_THAT(Gateway{gateway}.lose(0x11).lose(0x22).void_copies(), ElementsAre(ends(0, "nobody has any")));
    gateway.sa.children.back().age = 4;
    EXPECT_THAT(gateway.lose(0x11).lose(0x22).void_copies(), IsEmpty()) << "the kernel was read before it was copied";
}

TEST(Hazards, ACopyThatLostWhatTheActiveGatewayHasIsNotVoid)
{
    Gateway gateway;
    gateway.add(1);
    gateway.sa.state = ike::IkeState::Passive;
    gateway.states.clear();
    EXPECT_THAT(gateway.void_copies({{gateway.sa.local, {0x11}}}), IsEmpty());
    EXPECT_THAT(gateway.void_copies({{gateway.sa.remote, {0x12}}}), IsEmpty());
    EXPECT_THAT(gateway.void_copies({{gateway.sa.local, {0x21}}}), ElementsAre(ends(0, "nobody has any")));
}

TEST(Hazards, OfTwoCopiesTheOlderOneWithoutTunnelsIsVoid)
{
    Gateway older, newer;
    older.sa.state = newer.sa.state = ike::IkeState::Passive;
    newer.sa.unique_id = 8;
    EXPECT_THAT(older.void_copies(), IsEmpty()) << "its tunnel may be copied yet";
    EXPECT_THAT(agent::void_copies({older.sa, newer.sa}, {}, {}, {}), ElementsAre(ends(0, "there is a newer one")));
    newer.sa.connection = {"b"};
    EXPECT_THAT(agent::void_copies({older.sa, newer.sa}, {}, {}, {}), IsEmpty());
}

TEST(Hazards, OfAnIkeSaThatCharonHasTwiceTheOlderOneIsNotEndedForAllToHear)
{
    Gateway older, newer;
    older.add(1);
    newer.sa.unique_id = 8;
    EXPECT_THAT(agent::phantoms({older.sa, newer.sa}, {}, {}), IsEmpty());
    newer.sa.spi_initiator = 6;
    EXPECT_THAT(agent::phantoms({older.sa, newer.sa}, {}, {}), ElementsAre(ends(0, "0x00000011")));
}

TEST(Hazards, PatienceIsThatOfTheShippedCharon)
{
    std::ifstream file{LINKSPAN_SOURCE_DIR "/systemd/strongswan.conf"};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    const auto setting = [&](const std::string& name) {
        std::smatch found;
        return std::regex_search(text, found, std::regex("\n *" + name + " = ([0-9.]+)")) ? std::stod(found[1]) : -1;
    };
    EXPECT_EQ(setting("retransmit_timeout"), Retransmission{}.timeout);
    EXPECT_EQ(setting("retransmit_base"), Retransmission{}.base);
    EXPECT_EQ(setting("retransmit_tries"), Retransmission{}.tries);
    EXPECT_NEAR(patience({}), 26.4, 0.1);
    EXPECT_NEAR(patience({4.0, 1.8, 5}), 165, 0.1) << "strongSwan's own default";
}

ike::SaView connecting(std::uint64_t spi)
{
    return {{.connection = {"a"}, .unique_id = 7, .state = ike::IkeState::Connecting, .spi_initiator = spi}};
}

TEST(Hazards, AnIkeSaHangsWhenItConnectsForLongerThanRetransmissionsLast)
{
    Connecting seen;
    const Monotonic start{std::chrono::hours{1}};
    seen.see(connecting(1), start);
    seen.see(connecting(1), start + seconds{30});
    EXPECT_THAT(seen.stuck(start + longest_connecting), IsEmpty());
    EXPECT_THAT(seen.stuck(start + longest_connecting + seconds{1}),
                ElementsAre(Pair(7u, HasSubstr("has been connecting for 81 s"))));
}

TEST(Hazards, HalfACopyEndsWhenTheRestOfItCameNoMore)
{
    auto sas = connecting(1);
    sas[0].connection = {};
    EXPECT_TRUE(is_half_copied(sas[0]));
    Connecting seen;
    const Monotonic start{std::chrono::hours{1}};
    seen.see(sas, start);
    EXPECT_THAT(seen.half_copied(sas, start + longest_copying - seconds{1}), IsEmpty());
    EXPECT_THAT(seen.half_copied(sas, start + longest_copying), ElementsAre(ends(0, "half a copy")));
    sas[0].local = *IpAddress::parse("203.0.113.10");
    EXPECT_FALSE(is_half_copied(sas[0])) << "somebody calls";
    EXPECT_THAT(seen.half_copied(sas, start + longest_copying), IsEmpty());
}

TEST(Hazards, ASuccessorWithTheSameNumberHasAClockOfItsOwn)
{
    Connecting seen;
    const Monotonic start{std::chrono::hours{1}};
    seen.see(connecting(1), start);
    seen.see(connecting(2), start + longest_connecting);
    EXPECT_THAT(seen.stuck(start + longest_connecting + seconds{1}), IsEmpty());
}

TEST(Hazards, OneThatGotThereOrIsToldToEndIsForgotten)
{
    Connecting seen;
    const Monotonic start{std::chrono::hours{1}};
    const auto late = start + longest_connecting + seconds{1};
    seen.see(connecting(1), start);
    seen.ordered(7);
    seen.see(connecting(1), late);
    EXPECT_THAT(seen.stuck(late), IsEmpty());
    auto established = connecting(1);
    established[0].state = ike::IkeState::Established;
    seen.see(established, late);
    EXPECT_THAT(seen.stuck(late + longest_connecting + seconds{1}), IsEmpty());
}

TEST(Hazards, WhatThePluginLeavesWhenCharonDiesAreTheSasOfItsOwnConnection)
{
    Gateway plugin;
    plugin.sa.connection = {"ha"};
    plugin.add(1).reqid = {1};
    plugin.add(2).reqid = {1};
    Gateway of_the_file;
    of_the_file.add(3);
    Gateway by_that_name; // of the file, too
    by_that_name.sa.connection = {"ha"};
    by_that_name.add(4);
    std::set<xfrm::StateKey> keys;
    for (const auto& state : plugin.states) keys.insert(state.key);
    EXPECT_EQ(plugins_sas({plugin.sa, of_the_file.sa, by_that_name.sa}), keys);
    EXPECT_THAT(plugins_sas({of_the_file.sa}), IsEmpty());
}

} // namespace
} // namespace linkspan::agent
