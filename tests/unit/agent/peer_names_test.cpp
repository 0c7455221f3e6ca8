#include "agent/peer_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::agent {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;

IpAddress ip(const char* text)
{
    return IpAddress::parse(text).value();
}

Resolved answer(const char* text, int ttl = 60)
{
    return {ip(text), seconds{ttl}};
}

TEST(PeerNames, TheFirstAddressThatCouldBeAPeerIsTaken)
{
    const auto known = after_answer({}, {answer("127.0.0.1"), answer("0.0.0.0"), answer("224.0.0.1"),
                                         answer("198.51.100.7"), answer("198.51.100.8")});
    EXPECT_EQ(known.address, ip("198.51.100.7"));
    EXPECT_EQ(known.error, "");
}

TEST(PeerNames, AnAddressThatIsStillAmongTheAnswersIsKept)
{
    KnownPeer known{.address = ip("198.51.100.7")};
    known = after_answer(known, {answer("198.51.100.8"), answer("198.51.100.7")});
    EXPECT_EQ(known.address, ip("198.51.100.7")) << "a server that turns its answers round moves nobody";
    known = after_answer(known, {answer("198.51.100.8")});
    EXPECT_EQ(known.address, ip("198.51.100.8"));
}

TEST(PeerNames, AFailureKeepsTheAddressAndSaysWhy)
{
    KnownPeer known{.address = ip("198.51.100.7")};
    known = after_failure(known, "no such name");
    EXPECT_EQ(known.address, ip("198.51.100.7"));
    EXPECT_EQ(known.error, "no such name");
    known = after_answer(known, {answer("127.0.0.1")});
    EXPECT_EQ(known.address, ip("198.51.100.7")) << "an answer of nonsense is a failure";
    EXPECT_EQ(known.failures, 2u);
    known = after_answer(known, {answer("198.51.100.7")});
    EXPECT_EQ(known, KnownPeer{.address = ip("198.51.100.7")});
}

TEST(PeerNames, TheTimeToLiveIsHeldWithinLimits)
{
    const KnownPeer known{.address = ip("198.51.100.7")};
    EXPECT_EQ(wait_after(known, {answer("198.51.100.7", 60), answer("198.51.100.8", 30)}), seconds{30});
    EXPECT_EQ(wait_after(known, {answer("198.51.100.7", 0)}), seconds{5});
    EXPECT_EQ(wait_after(known, {answer("198.51.100.7", 999'999)}), seconds{3600});
}

TEST(PeerNames, FailuresWaitLongerEachTime)
{
    KnownPeer known;
    std::vector<seconds> waits;
    for (int i = 0; i < 8; ++i) {
        known = after_failure(known, "no answer");
        waits.push_back(wait_after(known, {}));
    }
    using s = seconds;
    EXPECT_THAT(waits, ElementsAre(s{5}, s{10}, s{20}, s{40}, s{80}, s{160}, s{300}, s{300}));
    known.failures = 4'000'000'000;
    EXPECT_EQ(wait_after(known, {}), s{300});
}

TEST(PeerNames, WhatIsKnownGoesIntoTheConnectionsOfThatName)
{
    config::Config config;
    config.connections = {{.name = {"a"}, .peer = ip("0.0.0.0"), .peer_name = "hub.example.org"},
                          {.name = {"b"}, .peer = ip("::"), .peer_name = "hub.example.org"},
                          {.name = {"c"}, .peer = ip("192.0.2.7")},
                          {.name = {"d"}, .enabled = false, .peer = ip("0.0.0.0"), .peer_name = "off.example.org"}};
    EXPECT_THAT(names_of(config),
                ElementsAre(PeerName{"hub.example.org", Family::V4}, PeerName{"hub.example.org", Family::V6}));
    const KnownPeers known{{{"hub.example.org", Family::V4}, {.address = ip("198.51.100.7")}},
                           {{"hub.example.org", Family::V6}, {.error = "no such name"}}};
    EXPECT_TRUE(fill_peers(known, config));
    EXPECT_EQ(config.connections[0].peer, ip("198.51.100.7"));
    EXPECT_TRUE(config.connections[1].peer.is_unspecified());
    EXPECT_EQ(config.connections[2].peer, ip("192.0.2.7"));
    EXPECT_FALSE(fill_peers(known, config)) << "nothing new";
}

TEST(PeerNames, AnAddressIsTakenOverFromTheSameConnectionAndNameAlone)
{
    config::Config before;
    before.connections = {{.name = {"a"}, .peer = ip("198.51.100.7"), .peer_name = "hub.example.org"}};
    config::Config after;
    after.connections = {{.name = {"a"}, .peer = ip("0.0.0.0"), .peer_name = "hub.example.org"},
                         {.name = {"b"}, .peer = ip("0.0.0.0"), .peer_name = "hub.example.org"}};
    take_over_peers(before, after);
    EXPECT_EQ(after.connections[0].peer, ip("198.51.100.7"));
    EXPECT_TRUE(after.connections[1].peer.is_unspecified());
    after.connections = {{.name = {"a"}, .peer = ip("0.0.0.0"), .peer_name = "other.example.org"}};
    take_over_peers(before, after);
    EXPECT_TRUE(after.connections[0].peer.is_unspecified());
}

ike::IkeSa carrying(const char* connection, std::uint64_t id, const char* remote)
{
    ike::IkeSa sa{
        .connection = {connection}, .unique_id = id, .state = ike::IkeState::Established, .remote = ip(remote)};
    sa.children = {{.name = connection, .state = ike::ChildState::Installed}};
    return sa;
}

TEST(PeerNames, ACallerIsWhereItsNewestSaLeadsAndStaysThereWhenItGoes)
{
    config::Config config;
    config.connections = {{.name = {"a"}, .peer = ip("0.0.0.0"), .peer_any = true},
                          {.name = {"b"}, .peer = ip("192.0.2.7")}};
    auto connecting = carrying("a", 9, "198.51.100.9");
    connecting.children.clear();
    const ike::SaView sas{carrying("a", 3, "198.51.100.7"), carrying("a", 7, "198.51.100.8"), connecting,
                          carrying("b", 4, "192.0.2.9")};
    EXPECT_TRUE(locate_callers(sas, config));
    EXPECT_EQ(config.connections[0].peer, ip("198.51.100.8")) << "the newest that carries";
    EXPECT_EQ(config.connections[1].peer, ip("192.0.2.7")) << "the file says where this one is";
    EXPECT_FALSE(locate_callers(sas, config)) << "nothing new";
    EXPECT_FALSE(locate_callers({}, config));
    EXPECT_EQ(config.connections[0].peer, ip("198.51.100.8"));
    EXPECT_FALSE(locate_callers({carrying("a", 10, "2001:db8::7")}, config)) << "of another family than our end";
    config::Config after;
    after.connections = {{.name = {"a"}, .peer = ip("0.0.0.0"), .peer_any = true}};
    take_over_peers(config, after);
    EXPECT_EQ(after.connections[0].peer, ip("198.51.100.8"));
    after.connections = {{.name = {"a"}, .peer = ip("0.0.0.0"), .peer_name = "hub.example.org"}};
    take_over_peers(config, after);
    EXPECT_TRUE(after.connections[0].peer.is_unspecified()) << "another way to be found";
}

} // namespace
} // namespace linkspan::agent
