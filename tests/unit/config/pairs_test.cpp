#include "config/pairs.h"

#include <gtest/gtest.h>

namespace linkspan::config {
namespace {

TrafficSelector at(const char* text)
{
    return TrafficSelector::parse(text).value();
}

Connection connection(std::vector<TrafficSelector> local, std::vector<TrafficSelector> remote)
{
    Connection c{.name = {"a"}, .id = id_of_name("a"), .mode = Mode::Policy};
    c.local_subnets = std::move(local);
    c.remote_subnets = std::move(remote);
    return c;
}

TEST(Pairs, EveryLocalWithEveryRemoteOfItsFamilyAndProtocol)
{
    const auto pairs = pairs_of(connection({at("10.1.0.0/16"), at("10.2.0.0/16[udp]"), at("fd01::/48")},
                                           {at("10.20.0.0/16"), at("10.21.0.0/16[tcp/443]"), at("fd20::/48")}));
    std::string text;
    for (const auto& pair : pairs) text += pair.text() + "\n";
    EXPECT_EQ(text, "10.1.0.0/16 10.20.0.0/16\n10.1.0.0/16 10.21.0.0/16[tcp/443]\n10.2.0.0/16[udp] 10.20.0.0/16\n"
                    "fd01::/48 fd20::/48\n");
    EXPECT_EQ(pairs[1].protocol(), 6);
    EXPECT_EQ(pairs[2].protocol(), 17);
}

TEST(Pairs, RouteModeHasNone)
{
    auto c = connection({at("10.1.0.0/16")}, {at("10.20.0.0/16")});
    c.mode = Mode::Route;
    EXPECT_TRUE(pairs_of(c).empty());
}

TEST(Pairs, APairsNumberIsItsOwnAndDoesNotDependOnTheOthers)
{
    auto c = connection({at("10.1.0.0/16")}, {at("10.20.0.0/16"), at("10.21.0.0/16")});
    const auto both = pairs_of(c);
    EXPECT_EQ(reqid_of(c, both[0]).value, c.id.value) << "combined";
    c.selectors = Selectors::Each;
    const auto second = reqid_of(c, both[1]);
    EXPECT_NE(reqid_of(c, both[0]), second);
    EXPECT_TRUE(is_ours(second));
    EXPECT_FALSE(is_ours(IfId{second.value}));
    c.remote_subnets.erase(c.remote_subnets.begin());
    EXPECT_EQ(reqid_of(c, pairs_of(c)[0]), second);
    c.id = {connection_id_first | 1};
    EXPECT_NE(reqid_of(c, pairs_of(c)[0]), second) << "another id, other numbers";
}

TEST(Pairs, ContainAndOverlap)
{
    const Pair wide{at("10.0.0.0/8"), at("10.20.0.0/16")}, narrow{at("10.1.0.0/16[tcp]"), at("10.20.1.0/24")};
    const Pair crossing{at("10.1.0.0/16"), at("10.0.0.0/8[udp]")}, elsewhere{at("10.1.0.0/16"), at("10.30.0.0/16")};
    EXPECT_TRUE(wide.contains(narrow));
    EXPECT_FALSE(narrow.contains(wide));
    EXPECT_FALSE(wide.contains(crossing));
    EXPECT_TRUE(wide.overlaps(crossing));
    EXPECT_FALSE(narrow.overlaps(crossing)) << "TCP and UDP";
    EXPECT_FALSE(wide.overlaps(elsewhere));
}

} // namespace
} // namespace linkspan::config
