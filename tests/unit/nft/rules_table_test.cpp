#include "nft/rules_decode.h"
#include "nft/rules_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::nft {
namespace {

using testing::ElementsAre;
using testing::Key;
using testing::UnorderedElementsAre;

IpPrefix net(const char* text)
{
    return IpPrefix::parse(text).value();
}

TEST(RulesTable, NetworksWithinOthersAreNoElementsOfTheirOwn)
{
    Rules rules;
    rules.sets[{0x1000'0001}] = {.name = {"a"},
                                 .ends = {.links = {{"ls-a"}}, .reqids = {}},
                                 .remote = {net("10.20.7.0/24"), net("10.20.0.0/16"), net("10.21.0.0/16")},
                                 .unknown_there = {},
                                 .rules = {{.source_to = AddressRange::parse("100.64.0.1").value()}}};
    const auto table = table_of(rules);
    EXPECT_THAT(table.jumps.at("leaving"), ElementsAre(Key(net("10.20.0.0/16")), Key(net("10.21.0.0/16"))));
    EXPECT_THAT(table.chains, UnorderedElementsAre(Key("leaving_10000001"), Key("source_10000001")));
    EXPECT_THAT(table.counters, ElementsAre("rule-a-1"));
    EXPECT_THAT(networks_of(table, {{0x1000'0001}}), ElementsAre(net("10.20.0.0/16"), net("10.21.0.0/16")));
}

TEST(RulesTable, AConnectionThatOnlyKeepsHasNoChains)
{
    const auto table = table_of({.sets = {}, .keeps = {{"ls-a"}}});
    EXPECT_TRUE(table.present && table.chains.empty());
    EXPECT_FALSE(table_of({}).present);
}

TEST(RulesTable, ChainsSayWhoseTheyAre)
{
    EXPECT_EQ(id_of_chain("source_1abc2345"), ConnectionId{0x1abc'2345});
    EXPECT_FALSE(id_of_chain("prerouting"));
    EXPECT_FALSE(id_of_chain("source_"));
    EXPECT_FALSE(id_of_chain("a_xyz"));
}

TEST(RulesDecode, TakesNothingForWholeThatIsNot)
{
    EXPECT_FALSE(decode_rules("no JSON"));
    const auto empty = decode_rules(R"({"nftables": [{"table": {"family": "inet", "name": "linkspan_rules"}}]})");
    ASSERT_TRUE(empty);
    EXPECT_TRUE(empty->present);
    EXPECT_FALSE(empty->framed);
}

} // namespace
} // namespace linkspan::nft
