#include "pair/own_links.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace linkspan::pair {
namespace {

/// There is one on every machine, without a hardware address worth the name.
TEST(OwnLinks, TheLoopbackHasItsAddress)
{
    const auto own = own_links();
    const auto lo = own.find(LinkName{"lo"});
    ASSERT_NE(lo, own.end());
    EXPECT_EQ(lo->second.mac, "00:00:00:00:00:00");
    EXPECT_EQ(std::ranges::count(lo->second.addresses, *IpAddress::parse("127.0.0.1")), 1);
}

} // namespace
} // namespace linkspan::pair
