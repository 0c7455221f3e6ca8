#include "vti/codec.h"

#include "netlink/attributes.h"

#include <gtest/gtest.h>
#include <linux/rtnetlink.h>

namespace linkspan::vti {
namespace {

std::string hex(std::span<const std::byte> bytes)
{
    std::string text;
    for (const auto b : bytes) {
        constexpr std::string_view digits = "0123456789abcdef";
        text += {digits[std::to_integer<unsigned>(b) >> 4], digits[std::to_integer<unsigned>(b) & 15]};
    }
    return text;
}

const Spec vti{.name = {"ls-a"},
               .connection = {"a"},
               .kind = LinkKind::Vti,
               .local = IpAddress::parse("203.0.113.10").value(),
               .remote = IpAddress::parse("198.51.100.7").value(),
               .key = {0x1a2b3c4d},
               .mtu = 1422};
const Spec vti6{.name = {"ls-b"},
                .connection = {"b"},
                .kind = LinkKind::Vti6,
                .local = IpAddress::parse("2001:db8::1").value(),
                .remote = IpAddress::parse("2001:db8::2").value(),
                .key = {1},
                .mtu = 1400};
const Spec xfrm{.name = {"ls-c"}, .connection = {"c"}, .kind = LinkKind::Xfrm, .if_id = {0x10000001}, .mtu = 1438};

/// Written out by hand from the kernel's headers, little-endian: keys and addresses are big-endian, the rest is not.
TEST(VtiCodec, CreatesAVti)
{
    netlink::Message m;
    encode_create(m, vti);
    ASSERT_TRUE(m.ok());
    EXPECT_EQ(hex(m.wire().subspan(16)), "00000000000000000000000000000000" // ifinfomsg
                                         "09000300"
                                         "6c732d6100000000" // IFLA_IFNAME ls-a
                                         "08000400"
                                         "8e050000" // IFLA_MTU 1422
                                         "08001b00"
                                         "736c0000" // IFLA_GROUP 0x6c73
                                         "30001280" // IFLA_LINKINFO
                                         "08000100"
                                         "76746900" //   kind vti
                                         "24000280" //   data
                                         "08000200"
                                         "1a2b3c4d"
                                         "08000300"
                                         "1a2b3c4d" //   ikey, okey
                                         "08000400"
                                         "cb00710a"
                                         "08000500"
                                         "c6336407"); // local, remote
}

TEST(VtiCodec, CreatesAnXfrmInterface)
{
    netlink::Message m;
    encode_create(m, xfrm);
    EXPECT_EQ(hex(m.wire().subspan(16 + 16)), "09000300"
                                              "6c732d6300000000"
                                              "08000400"
                                              "9e050000"
                                              "08001b00"
                                              "736c0000"
                                              "1c001280"
                                              "09000100"
                                              "7866726d00000000"
                                              "0c000280"
                                              "08000200"
                                              "01000010"); // if_id, host byte order
}

TEST(VtiCodec, TheAliasHasNoNul)
{
    netlink::Message m;
    encode_settings(m, xfrm);
    EXPECT_NE(hex(m.wire()).find("0e0014006c696e6b7370616e3a630000"), std::string::npos);
}

/// What is sent is what a dump tells, plus what only the kernel adds.
TEST(VtiCodec, DecodesWhatItEncodes)
{
    for (const auto& spec : {vti, vti6, xfrm}) {
        netlink::Message m;
        encode_create(m, spec);
        const auto decoded = decode(m.header());
        ASSERT_TRUE(decoded);
        auto expected = spec;
        expected.connection = {};
        expected.faults.down = true;
        EXPECT_EQ(decoded->first, spec.name);
        EXPECT_TRUE(decoded->second.ours);
        EXPECT_EQ(decoded->second.tunnel, expected);
    }
}

TEST(VtiCodec, ALinkOfAnotherKindIsForeignWhateverItsTags)
{
    netlink::Message m{RTM_NEWLINK, 0};
    m.body<ifinfomsg>().ifi_index = 9;
    m.text(IFLA_IFNAME, "d0").pod(IFLA_GROUP, link_group).text(IFLA_IFALIAS, "linkspan:a");
    m.nest(IFLA_LINKINFO, [](auto& info) { info.text(IFLA_INFO_KIND, "dummy"); });
    const auto decoded = decode(m.header());
    ASSERT_TRUE(decoded);
    EXPECT_FALSE(decoded->second.ours);
    EXPECT_FALSE(decoded->second.tunnel);
    EXPECT_EQ(decoded->second.kind, "dummy");
    EXPECT_EQ(decoded->second.index, IfIndex{9});
}

TEST(VtiCodec, AnAliasAloneMakesItOursAndSaysTheGroupIsWrong)
{
    netlink::Message m{RTM_NEWLINK, 0};
    m.body<ifinfomsg>().ifi_flags = 1;
    m.text(IFLA_IFNAME, "ls-c").text(IFLA_IFALIAS, "linkspan:c");
    m.nest(IFLA_LINKINFO, [](auto& info) { info.text(IFLA_INFO_KIND, "xfrm"); });
    const auto decoded = decode(m.header());
    ASSERT_TRUE(decoded && decoded->second.tunnel);
    EXPECT_TRUE(decoded->second.ours);
    EXPECT_EQ(decoded->second.tunnel->connection, ConnectionName{"c"});
    EXPECT_EQ(decoded->second.tunnel->faults, (Faults{.group = true}));
}

TEST(VtiCodec, TwoDifferentKeysAreNoKey)
{
    netlink::Message m{RTM_NEWLINK, 0};
    m.body<ifinfomsg>();
    m.text(IFLA_IFNAME, "v");
    m.nest(IFLA_LINKINFO, [](auto& info) {
        info.text(IFLA_INFO_KIND, "vti");
        info.nest(IFLA_INFO_DATA, [](auto& data) { data.pod(2, 1u).pod(3, 2u); });
    });
    EXPECT_EQ(decode(m.header())->second.tunnel->key, Mark{0});
}

TEST(VtiCodec, IgnoresWhatIsNoLink)
{
    netlink::Message other{RTM_NEWROUTE, 0};
    other.body<rtmsg>();
    EXPECT_FALSE(decode(other.header()));
    netlink::Message nameless{RTM_NEWLINK, 0};
    nameless.body<ifinfomsg>();
    EXPECT_FALSE(decode(nameless.header()));
    netlink::Message half{RTM_NEWLINK, 0};
    EXPECT_FALSE(decode(half.header()));
}

} // namespace
} // namespace linkspan::vti
