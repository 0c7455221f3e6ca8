#include "nft/nested.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::nft {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(NftNested, NothingIsHookedWhereNoConnectionGoesThroughAnother)
{
    EXPECT_THAT(nested_chains({}), IsEmpty());
}

TEST(NftNested, WhatGoesToAPeerInsideLeavesByTheTunnelOrNotAtAll)
{
    const Nested nested{{{"hub"},
                         {{0x1000'000a},
                          {{"ls-hub"}, {"ls-hub+backup"}},
                          {IpAddress::parse("169.254.21.1").value(), IpAddress::parse("fd99::1").value()}}}};
    const auto chains = nested_chains(nested);
    ASSERT_EQ(chains.size(), 2U);
    EXPECT_EQ(chains[0].name, "through_1000000a");
    EXPECT_THAT(chains[0].rules, ElementsAre(R"(oifname { "ls-hub", "ls-hub+backup" } accept)",
                                             "meta l4proto esp counter drop", "udp sport { 500, 4500 } counter drop"));
    EXPECT_EQ(chains[1].hook, "filter hook output priority -149");
    EXPECT_THAT(chains[1].rules, ElementsAre("ip daddr vmap { 169.254.21.1 : goto through_1000000a }",
                                             "ip6 daddr vmap { fd99::1 : goto through_1000000a }"));
}

} // namespace
} // namespace linkspan::nft
