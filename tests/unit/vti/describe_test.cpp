#include "vti/describe.h"

#include <gtest/gtest.h>

namespace linkspan::vti {
namespace {

const Spec vti{.name = {"ls-a"},
               .connection = {"a"},
               .kind = LinkKind::Vti,
               .local = IpAddress::parse("203.0.113.10").value(),
               .remote = IpAddress::parse("198.51.100.7").value(),
               .key = {0x1a2b3c4d},
               .mtu = 1422};
const Spec xfrm{.name = {"ls-b"}, .connection = {"b"}, .kind = LinkKind::Xfrm, .if_id = {0x10000001}, .mtu = 1438};

TEST(VtiDescribe, NamesTheLink)
{
    EXPECT_EQ(describe(vti), "link ls-a");
}

TEST(VtiDescribe, SaysWhatIsCreated)
{
    EXPECT_EQ(detail({Verb::Create, vti, {}}), "vti 203.0.113.10 -> 198.51.100.7 key 0x1a2b3c4d mtu 1422");
    EXPECT_EQ(detail({Verb::Create, xfrm, {}}), "xfrm if_id 0x10000001 mtu 1438");
}

TEST(VtiDescribe, SaysWhatDiffers)
{
    auto seen = xfrm;
    seen.mtu = 1400;
    seen.connection = {};
    seen.faults = {true, true, true};
    EXPECT_EQ(detail({Verb::Update, xfrm, seen}),
              "mtu 1400 -> 1438, alias was '', was down, was not in our link group, a sysctl was changed");
    EXPECT_EQ(
        detail({Verb::Replace, xfrm, vti}),
        "vti 203.0.113.10 -> 198.51.100.7 key 0x1a2b3c4d -> xfrm if_id 0x10000001, mtu 1422 -> 1438, alias was 'a'");
}

} // namespace
} // namespace linkspan::vti
