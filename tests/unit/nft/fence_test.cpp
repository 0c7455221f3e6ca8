#include "nft/fence.h"

#include <gtest/gtest.h>

namespace linkspan::nft {
namespace {

TEST(Fence, DropsWhatHasASharedSourceAtBothHooksAndInArp)
{
    const auto text = render({IpAddress::parse("203.0.113.10").value(), IpAddress::parse("2001:db8::10").value()});
    for (const std::string hook : {"output", "postrouting"}) {
        const auto rule = "add rule inet linkspan_fence " + hook;
        EXPECT_NE(text.find(rule + " ip saddr { 203.0.113.10 } ip saddr != @lifted4 counter drop\n"),
                  std::string::npos);
        EXPECT_NE(text.find(rule + " ip6 saddr { 2001:db8::10 } ip6 saddr != @lifted6 counter drop\n"),
                  std::string::npos);
    }
    EXPECT_NE(text.find("output icmp type destination-unreachable icmp code { 0, 1 } ip saddr & 0.0.0.0 ^ 203.0.113.10 "
                        "!= @lifted4 counter drop\n"),
              std::string::npos);
    EXPECT_NE(text.find("output icmpv6 type destination-unreachable icmpv6 code { 0, 3 } ip6 saddr & :: ^ 2001:db8::10 "
                        "!= @lifted6 counter drop\n"),
              std::string::npos);
    EXPECT_NE(text.find("add rule arp linkspan_fence output arp saddr ip { 203.0.113.10 } arp saddr ip != @lifted"),
              std::string::npos);
}

/// What adds, changes or ends SAs, by whatever family it goes.
TEST(Fence, HasOnlyWhoeverCarriesTellTheOtherOneOfSas)
{
    const auto text = render({IpAddress::parse("203.0.113.10").value()});
    const std::string types = "@th,72,8 { 1, 2, 3, 4, 5, 6, 7, 12 } counter drop\n";
    EXPECT_NE(text.find("add rule inet linkspan_fence output udp dport 4510 udp dport != @tells " + types),
              std::string::npos);
    EXPECT_NE(text.find("add rule inet linkspan_fence input udp dport @tells " + types), std::string::npos);
}

/// Sets are added, never made anew: what is lifted at the moment stays lifted.
TEST(Fence, KeepsItsSets)
{
    const auto text = render({IpAddress::parse("203.0.113.10").value()});
    EXPECT_EQ(text.find("delete"), std::string::npos);
    EXPECT_EQ(text.find("flush set"), std::string::npos);
    EXPECT_EQ(text.find("ip6 saddr"), std::string::npos) << "no rule of a family without an address";
}

} // namespace
} // namespace linkspan::nft
