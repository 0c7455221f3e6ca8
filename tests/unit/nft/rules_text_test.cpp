#include "nft/rules_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::nft {
namespace {

using testing::ElementsAre;

IpPrefix net(const char* text)
{
    return IpPrefix::parse(text).value();
}

AddressRange range(const char* text)
{
    return AddressRange::parse(text).value();
}

RuleSet set(std::vector<MappingRule> rules)
{
    return {.name = {"a"}, .ends = {}, .remote = {}, .unknown_there = {}, .rules = std::move(rules)};
}

TEST(RulesText, ManyBecomeOneOrAFewOrAsMany)
{
    EXPECT_THAT(
        source_rules(set({{.source = {net("10.1.0.0/16")}, .source_to = range("100.64.0.1")},
                          {.source = {net("10.1.0.0/16")}, .source_to = range("100.64.0.1-100.64.0.9")},
                          {.source = {net("10.1.0.0/16")}, .source_to = range("100.64.0.0/16")}}),
                     true),
        ElementsAre("ip saddr { 10.1.0.0/16 } counter name \"rule-a-1\" snat ip to 100.64.0.1",
                    "ip saddr { 10.1.0.0/16 } counter name \"rule-a-2\" snat ip to 100.64.0.1-100.64.0.9 persistent",
                    "ip saddr { 10.1.0.0/16 } counter name \"rule-a-3\" snat ip prefix to ip saddr map { 10.1.0.0/16 : "
                    "100.64.0.0/16 }",
                    "goto keep"));
}

TEST(RulesText, ADestinationIsLookedAtAsTheSessionBegan)
{
    const auto one = set({{.destination = {net("172.16.0.1/32")},
                           .protocol = 6,
                           .port_first = 80,
                           .port_last = 80,
                           .source_to = range("100.64.0.1"),
                           .destination_to = range("10.20.0.8"),
                           .port_to = 8080}});
    EXPECT_THAT(destination_rules(one, true),
                ElementsAre("ip daddr { 172.16.0.1/32 } tcp dport 80 dnat ip to 10.20.0.8:8080"));
    EXPECT_THAT(
        source_rules(one, true),
        ElementsAre(
            "meta nfproto ipv4 ct original ip daddr { 172.16.0.1/32 } meta l4proto tcp ct original proto-dst 80 "
            "counter name \"rule-a-1\" snat ip to 100.64.0.1",
            "goto keep"));
}

TEST(RulesText, TheFirstThatMatchesCountsInBothHooks)
{
    auto one = set({{.exclude = true, .source = {net("10.1.0.7/32")}},
                    {.from_here = false,
                     .destination = {net("fd64::2/128")},
                     .protocol = 6,
                     .port_first = 22,
                     .port_last = 22,
                     .destination_to = range("fd00::80"),
                     .port_to = 2222}});
    one.unknown_there = {net("10.1.0.0/16")};
    EXPECT_THAT(source_rules(one, true), ElementsAre("ip saddr { 10.1.0.7/32 } counter name \"rule-a-1\" goto keep",
                                                     "ip saddr 10.1.0.0/16 counter drop", "goto keep"));
    EXPECT_THAT(destination_rules(one, true), ElementsAre("ip saddr { 10.1.0.7/32 } return"));
    EXPECT_THAT(
        destination_rules(one, false),
        ElementsAre("ip6 daddr { fd64::2/128 } tcp dport 22 counter name \"rule-a-2\" dnat ip6 to [fd00::80]:2222"));
}

TEST(RulesText, OnlyTheConnectionsOwnTunnelsLeadIn)
{
    EXPECT_THAT(gate({.links = {{"ls-a"}, {"ls-b"}}, .reqids = {{7}}}, true, "source_1"),
                ElementsAre("oifname { \"ls-a\", \"ls-b\" } goto source_1", "ipsec out reqid { 7 } goto source_1"));
    EXPECT_THAT(gate({.links = {{"ls-a"}}, .reqids = {}}, false, "target_1"),
                ElementsAre("iifname { \"ls-a\" } goto target_1"));
}

} // namespace
} // namespace linkspan::nft
