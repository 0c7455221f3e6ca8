#include "nft/origin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::nft {
namespace {

using testing::ElementsAre;

IpPrefix net(const char* text)
{
    return IpPrefix::parse(text).value();
}

TEST(NftOrigin, OneChainForAllConnectionsThatHaveOneLink)
{
    const auto chains = origin_chains({});
    ASSERT_EQ(chains.size(), 2U);
    EXPECT_THAT(chains[0].rules, ElementsAre("fib saddr . iif oif exists accept", "ip6 saddr fe80::/10 accept",
                                             R"(fib saddr oifname "ls-*" counter drop)"));
    EXPECT_EQ(chains[1].hook, "filter hook prerouting priority -149");
    EXPECT_THAT(chains[1].rules, ElementsAre("iifgroup 27763 goto others"));
}

TEST(NftOrigin, WhatIsCalledOtherwiseAndWhatHasNoLinkIsNamed)
{
    const auto chains = origin_chains({.named = {{"azure0"}, {"b0"}},
                                       .without_link = {net("10.30.0.0/16"), net("10.9.0.0/16"), net("fd00:30::/48")}});
    EXPECT_THAT(chains[0].rules,
                ElementsAre(testing::_, testing::_, testing::_, R"(fib saddr oifname { "azure0", "b0" } counter drop)",
                            "ip saddr { 10.9.0.0/16, 10.30.0.0/16 } counter drop",
                            "ip6 saddr { fd00:30::/48 } counter drop"));
}

TEST(NftOrigin, TheTwoLinksOfAConnectionBringEachOthersAddresses)
{
    const auto chains = origin_chains({.pairs = {{{0x1000'000a}, {{"ls-a"}, {"ls-a+backup"}}}}});
    ASSERT_EQ(chains.size(), 3U);
    EXPECT_EQ(chains[1].name, "pair_1000000a");
    EXPECT_THAT(chains[1].rules, ElementsAre(R"(fib saddr oifname { "ls-a", "ls-a+backup" } accept)", "goto others"));
    EXPECT_THAT(
        chains[2].rules,
        ElementsAre(
            R"(iifgroup 27763 iifname vmap { "ls-a" : goto pair_1000000a, "ls-a+backup" : goto pair_1000000a })",
            "iifgroup 27763 goto others"));
}

} // namespace
} // namespace linkspan::nft
