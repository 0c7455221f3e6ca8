#include "agent/outbound.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace linkspan::agent {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using xfrm::Rank;

constexpr std::uint64_t now = 1'000'000;
const Reqid reqid{id_of_name("a").value};

std::pair<std::uint32_t, Rank> brief(const RankState& order)
{
    EXPECT_EQ(order.connection.value, "a");
    return {order.state.key.spi.value, order.rank};
}

/// A tunnel whose CHILD_SAs have the outbound SPI of their number.
struct Tunnel {
    ike::IkeSa sa{.connection = {"a"}, .unique_id = 7, .state = ike::IkeState::Established};
    std::vector<xfrm::ObservedState> states = {};
    std::map<ConnectionName, ike::ConnectionSpec> specs = {};
    Rivals rivals = {};

    Tunnel()
    {
        sa.local = *IpAddress::parse("203.0.113.10");
        sa.remote = *IpAddress::parse("198.51.100.7");
        specs[{"a"}].name = {"a"};
    }
    xfrm::ObservedState& add(std::uint32_t id, std::uint64_t age, Rank rank = Rank::Plain)
    {
        sa.children.insert(sa.children.begin(), {.unique_id = id,
                                                 .reqid = reqid,
                                                 .state = ike::ChildState::Installed,
                                                 .spi_in = {0x100 + id},
                                                 .spi_out = {id},
                                                 .age = age});
        states.push_back({.key = {sa.remote, {id}},
                          .source = sa.local,
                          .reqid = reqid,
                          .soft_expiry = now + 1800 - age,
                          .rank = rank});
        return states.back();
    }
    [[nodiscard]] Ranking rank() const { return rank_outbound(specs, {sa}, states, rivals, now); }
    [[nodiscard]] std::vector<std::pair<std::uint32_t, Rank>> orders() const
    {
        std::vector<std::pair<std::uint32_t, Rank>> all;
        for (const auto& order : rank().orders) all.push_back(brief(order));
        return all;
    }
};

TEST(Outbound, OneThatIsAloneComesFirstFromThenOn)
{
    Tunnel tunnel;
    auto& sa = tunnel.add(1, 0);
    EXPECT_THAT(tunnel.orders(), ElementsAre(std::pair{1u, Rank::First}));
    sa.rank = Rank::First;
    EXPECT_THAT(tunnel.orders(), IsEmpty());
    EXPECT_FALSE(tunnel.rank().unfinished);
}

TEST(Outbound, ANewcomerWaitsForTheElderToGo)
{
    Tunnel tunnel;
    tunnel.add(1, 600, Rank::First);
    tunnel.add(2, 0);
    EXPECT_THAT(tunnel.orders(), IsEmpty());
    EXPECT_TRUE(tunnel.rank().unfinished) << "nobody tells when it has waited for long";
    tunnel.states.erase(tunnel.states.begin());
    EXPECT_THAT(tunnel.orders(), ElementsAre(std::pair{2u, Rank::First})) << "the elder has gone from the kernel";
}

TEST(Outbound, AnElderThatStaysWasForgottenByThePeer)
{
    Tunnel tunnel;
    tunnel.add(1, 600, Rank::First);
    tunnel.add(2, 300);
    tunnel.add(3, 5);
    EXPECT_THAT(tunnel.orders(),
                ElementsAre(std::pair{1u, Rank::Last}, std::pair{2u, Rank::Last}, std::pair{3u, Rank::First}));
    EXPECT_FALSE(tunnel.rank().unfinished);
}

TEST(Outbound, ThoseOfASuperfluousIkeSaComeLastWhateverTheirAge)
{
    Tunnel tunnel;
    tunnel.add(1, 6);
    auto survivor = tunnel.sa;
    tunnel.sa.children.clear();
    tunnel.sa.unique_id = 8;
    tunnel.add(2, 5);
    tunnel.rivals = {{8, 7}};
    std::vector<std::pair<std::uint32_t, Rank>> orders;
    for (const auto& order :
         rank_outbound(tunnel.specs, {survivor, tunnel.sa}, tunnel.states, tunnel.rivals, now).orders)
        orders.push_back(brief(order));
    EXPECT_THAT(orders, ElementsAre(std::pair{2u, Rank::Last}, std::pair{1u, Rank::First}));
}

TEST(Outbound, OneThatIsAboutToBeRenewedIsLeftAlone)
{
    Tunnel tunnel;
    tunnel.add(1, 1798);
    EXPECT_THAT(tunnel.orders(), IsEmpty());
    tunnel.states[0].soft_expiry = now + 3;
    EXPECT_THAT(tunnel.orders(), ElementsAre(std::pair{1u, Rank::First}));
    tunnel.states[0].soft_expiry = 0;
    EXPECT_THAT(tunnel.orders(), IsEmpty()) << "never renewed: there is no moment to come first until";
}

TEST(Outbound, OthersAndIkeV1AreNoneOfIt)
{
    Tunnel tunnel;
    tunnel.add(1, 0);
    tunnel.specs[{"a"}].version = 1;
    EXPECT_THAT(tunnel.orders(), IsEmpty());
    tunnel.specs.clear();
    EXPECT_THAT(tunnel.orders(), IsEmpty());
}

TEST(Outbound, TunnelsOfOtherEndsOrReqidsAreTheirOwn)
{
    Tunnel tunnel;
    tunnel.add(1, 600);
    tunnel.add(2, 0).reqid = {reqid.value + 1};
    EXPECT_THAT(tunnel.orders(), ElementsAre(std::pair{1u, Rank::First}, std::pair{2u, Rank::First}));
}

TEST(Outbound, OnlySoManyAtOnce)
{
    Tunnel tunnel;
    for (std::uint32_t id = 1; id <= 1001; ++id) tunnel.add(id, 0).reqid = {reqid.value + id};
    EXPECT_EQ(tunnel.rank().orders.size(), 1000u);
    EXPECT_TRUE(tunnel.rank().unfinished);
}

} // namespace
} // namespace linkspan::agent
