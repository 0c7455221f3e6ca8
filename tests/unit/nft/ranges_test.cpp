#include "nft/ranges.h"

#include <gmock/gmock.h>

namespace linkspan::nft {
namespace {

using testing::ElementsAre;

IpPrefix network(const char* text)
{
    return *IpPrefix::parse(text);
}

Range range(const char* first, const char* last)
{
    return {*IpAddress::parse(first), *IpAddress::parse(last)};
}

TEST(Ranges, WhatOverlapsOrTouchesIsJoined)
{
    const std::vector networks{network("10.1.0.0/24"), network("10.0.0.0/16"), network("10.1.1.0/24"),
                               network("10.0.7.0/24"), network("fd00::/8")};
    EXPECT_THAT(ranges_of(networks, Family::V4), ElementsAre(range("10.0.0.0", "10.1.1.255")));
    EXPECT_THAT(ranges_of(networks, Family::V6),
                ElementsAre(range("fd00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")));
}

TEST(Ranges, GoToTheEndOfAllAddresses)
{
    const std::vector all{network("128.0.0.0/1"), network("0.0.0.0/1")};
    EXPECT_THAT(ranges_of(all, Family::V4), ElementsAre(range("0.0.0.0", "255.255.255.255")));
}

TEST(Ranges, TheLongestPrefixDecides)
{
    EXPECT_THAT(ranges_by_longest(
                    {{network("10.0.0.0/8"), true}, {network("10.1.0.0/16"), false}, {network("10.1.2.0/24"), true}},
                    Family::V4),
                ElementsAre(range("10.0.0.0", "10.0.255.255"), range("10.1.2.0", "10.1.2.255"),
                            range("10.2.0.0", "10.255.255.255")));
    EXPECT_THAT(ranges_by_longest({{network("0.0.0.0/0"), false}}, Family::V4), ElementsAre());
}

} // namespace
} // namespace linkspan::nft
