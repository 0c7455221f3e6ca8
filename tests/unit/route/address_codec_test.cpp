#include "route/codec.h"

#include <gtest/gtest.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace linkspan::route {
namespace {

TEST(AddressCodec, DecodesWhatItEncodes)
{
    for (const auto* text : {"169.254.21.2/30", "10.0.0.1/32", "fd00::2/126"}) {
        const AddressSpec spec{{"a"}, IpInterface::parse(text).value(), {}};
        netlink::Message m;
        encode_create(m, spec, {7});
        ASSERT_TRUE(m.ok());
        const auto raw = decode_address(m.header());
        ASSERT_TRUE(raw);
        EXPECT_EQ(raw->address, spec.address);
        EXPECT_EQ(raw->link, IfIndex{7});
        EXPECT_EQ(raw->protocol, route_protocol);
        EXPECT_TRUE(raw->global);
        EXPECT_TRUE(raw->usable);
    }
}

/// An IPv4 point-to-point address: IFA_ADDRESS is the other end.
TEST(AddressCodec, TheOwnEndIsTheAddress)
{
    netlink::Message m{RTM_NEWADDR, 0};
    auto& body = m.body<ifaddrmsg>();
    body.ifa_family = AF_INET;
    body.ifa_prefixlen = 32;
    const auto own = IpAddress::parse("192.0.2.1").value(), other = IpAddress::parse("192.0.2.2").value();
    m.bytes(IFA_ADDRESS, std::as_bytes(other.octets())).bytes(IFA_LOCAL, std::as_bytes(own.octets()));
    EXPECT_EQ(decode_address(m.header())->address.address, own);
}

TEST(AddressCodec, TellsWhatCannotBeUsedYet)
{
    for (const std::uint32_t flag : {IFA_F_TENTATIVE, IFA_F_DADFAILED, IFA_F_DEPRECATED}) {
        netlink::Message m{RTM_NEWADDR, 0};
        auto& body = m.body<ifaddrmsg>();
        body.ifa_family = AF_INET6;
        body.ifa_scope = RT_SCOPE_LINK;
        m.bytes(IFA_ADDRESS, std::as_bytes(IpAddress::any(Family::V6).octets())).pod(IFA_FLAGS, flag);
        const auto raw = decode_address(m.header());
        ASSERT_TRUE(raw);
        EXPECT_FALSE(raw->usable);
        EXPECT_FALSE(raw->global);
        EXPECT_EQ(raw->protocol, 0);
    }
}

TEST(AddressCodec, AnAddressOfAnotherSizeIsNone)
{
    netlink::Message m{RTM_NEWADDR, 0};
    m.body<ifaddrmsg>().ifa_family = AF_INET;
    m.bytes(IFA_LOCAL, std::as_bytes(IpAddress::any(Family::V6).octets()));
    EXPECT_FALSE(decode_address(m.header()));
    netlink::Message empty{RTM_NEWADDR, 0};
    empty.body<ifaddrmsg>().ifa_family = AF_INET;
    EXPECT_FALSE(decode_address(empty.header()));
}

} // namespace
} // namespace linkspan::route
