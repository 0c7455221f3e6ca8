#include "netlink/link_names.h"

#include <gtest/gtest.h>

namespace linkspan::netlink {
namespace {

TEST(LinkNames, AsksOnceAndRemembers)
{
    int asked = 0;
    LinkNames names{{.index_of = [&](const LinkName&) -> Result<IfIndex> { return ++asked, IfIndex{7}; },
                     .name_of = [&](IfIndex) -> Result<LinkName> { return ++asked, LinkName{"wan0"}; }}};
    for (int twice = 0; twice < 2; ++twice) {
        EXPECT_EQ(names.index_of({"wan0"}), IfIndex{7});
        EXPECT_EQ(names.name_of({7}), LinkName{"wan0"});
    }
    EXPECT_EQ(asked, 2);
}

TEST(LinkNames, ALinkThatIsNotThereIsAskedForAgain)
{
    bool there = false;
    LinkNames names{{.index_of = [&](const LinkName&) -> Result<IfIndex> {
                         if (!there) return failure(Kind::NotFound, "no such link");
                         return IfIndex{7};
                     },
                     .name_of = [](IfIndex) -> Result<LinkName> { return failure(Kind::NotFound, "no such link"); }}};
    EXPECT_EQ(names.index_of({"wan0"}).error().kind, Kind::NotFound);
    EXPECT_EQ(names.name_of({7}), LinkName{});
    there = true;
    EXPECT_TRUE(names.index_of({"wan0"}));
}

/// Every namespace has a loopback link, and it is the first.
TEST(LinkNames, OfTheKernel)
{
    auto names = LinkNames::of_kernel();
    EXPECT_EQ(names.index_of({"lo"}), IfIndex{1});
    EXPECT_EQ(names.name_of({1}), LinkName{"lo"});
    EXPECT_EQ(names.index_of({"no-such-link"}).error().kind, Kind::NotFound);
    EXPECT_EQ(names.index_of({"a-name-that-is-too-long"}).error().kind, Kind::NotFound);
    EXPECT_EQ(names.name_of({0x7fff'fff0}), LinkName{});
}

} // namespace
} // namespace linkspan::netlink
