#include "nft/render.h"
#include "nft/transit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::nft {
namespace {

using testing::ElementsAre;

const Transits some{
    {{0x1000'000a},
     {.name = {"a"},
      .into = {{"b"}, {"p"}},
      .from = {.links = {{"ls-a"}, {"ls-a2"}}},
      .begins = {.links = {{"ls-b"}}, .reqids = {{0x1000'0001}, {0x2000'0002}}}}},
    {{0x1000'000b}, {.name = {"p"}, .from = {.reqids = {{0x1000'0001}}}, .answers = {.links = {{"ls-a"}}}}},
};

const TransitChain& chain_named(const std::vector<TransitChain>& chains, const std::string& name)
{
    return *std::ranges::find(chains, name, &TransitChain::name);
}

TEST(NftTransit, AChainForEachConnectionThatMaySendOrAnswer)
{
    const auto chains = transit_chains(some);
    EXPECT_THAT(
        chain_named(chains, "from_1000000a").rules,
        ElementsAre(R"(oifname { "ls-b" } accept)", "ipsec out reqid { 268435457, 536870914 } accept", "counter drop"));
    EXPECT_THAT(chain_named(chains, "from_1000000b").rules,
                ElementsAre(R"(ct direction reply oifname { "ls-a" } accept)", "counter drop"));
}

TEST(NftTransit, ALinkTellsBeforeTheSas)
{
    EXPECT_THAT(chain_named(transit_chains(some), "between").rules,
                ElementsAre(R"(iifname vmap { "ls-a" : goto from_1000000a, "ls-a2" : goto from_1000000a })",
                            "iifgroup 27763 counter drop", "ipsec in reqid vmap { 268435457 : goto from_1000000b }",
                            "counter drop"));
}

TEST(NftTransit, NothingIsNamedNothingPasses)
{
    const auto chains = transit_chains({});
    EXPECT_THAT(chain_named(chains, "between").rules, ElementsAre("iifgroup 27763 counter drop", "counter drop"));
    EXPECT_THAT(
        chain_named(chains, "transit").rules,
        ElementsAre("iifgroup 27763 jump from_connection", "ipsec in reqid 268435456-805306367 jump from_connection"));
    EXPECT_EQ(chains.back().hook, "filter hook forward priority -149");
}

TEST(NftTransit, EveryChainComesBeforeThoseThatLeadToIt)
{
    const auto text = render({Verb::Create, {.clamp = true, .transit = some}, {}});
    EXPECT_LT(text.find("chain from_1000000a {\n\t\toifname"), text.find("chain between {"));
    EXPECT_LT(text.find("chain between {"), text.find("chain from_connection {"));
    EXPECT_LT(text.find("chain from_connection {"),
              text.find("chain transit {\n\t\ttype filter hook forward priority -149; policy accept;"));
}

TEST(NftTransit, IsSaidInWords)
{
    EXPECT_EQ(describe(some), "a -> b, p");
    EXPECT_EQ(describe(Transits{}), "none");
}

} // namespace
} // namespace linkspan::nft
