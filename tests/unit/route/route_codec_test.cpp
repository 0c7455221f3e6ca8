#include "route/codec.h"

#include <gtest/gtest.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cstring>

namespace linkspan::route {
namespace {

IpAddress ip(std::string_view text)
{
    return IpAddress::parse(text).value();
}
IpPrefix net(std::string_view text)
{
    return IpPrefix::parse(text).value();
}
const rtmsg& body_of(const netlink::Message& m)
{
    return *static_cast<const rtmsg*>(NLMSG_DATA(&m.header()));
}

/// What is sent is what a dump tells.
TEST(RouteCodec, DecodesWhatItEncodes)
{
    const RouteSpec samples[] = {
        {.destination = net("10.20.0.0/16"), .metric = 0, .link = {"a"}},
        {.destination = net("0.0.0.0/1"), .metric = 7, .link = {"a"}, .source = ip("10.1.0.1")},
        {.destination = net("0.0.0.0/0"), .metric = 1, .type = RouteType::Unreachable},
        {.destination = net("198.51.100.7/32"), .link = {"a"}, .gateway = ip("192.0.2.1")},
        {.destination = net("198.51.100.7/32"), .link = {"a"}, .gateway = ip("fe80::1")},
        {.destination = net("2001:db8::/32"),
         .metric = 1,
         .link = {"a"},
         .gateway = ip("fe80::1"),
         .source = ip("fd00::1")},
        {.destination = net("::/0"), .metric = 2, .type = RouteType::Unreachable},
    };
    for (const auto& spec : samples) {
        netlink::Message m;
        const bool unicast = spec.type == RouteType::Unicast;
        encode_put(m, spec, {unicast ? 5u : 0u}, false);
        ASSERT_TRUE(m.ok());
        const auto raw = decode_route(m.header());
        ASSERT_TRUE(raw);
        EXPECT_TRUE(raw->ours());
        EXPECT_EQ(raw->hop.link, IfIndex{unicast ? 5u : 0u});
        auto expected = spec;
        expected.link = {};
        EXPECT_EQ(raw->spec(), expected);
    }
}

TEST(RouteCodec, CreatingRefusesAndUpdatingReplaces)
{
    const RouteSpec spec{.destination = net("10.20.0.0/16"), .link = {"a"}};
    netlink::Message m;
    encode_put(m, spec, {5}, false);
    EXPECT_EQ(m.header().nlmsg_flags & (NLM_F_EXCL | NLM_F_REPLACE), NLM_F_EXCL);
    encode_put(m, spec, {5}, true);
    EXPECT_EQ(m.header().nlmsg_flags & (NLM_F_EXCL | NLM_F_REPLACE), NLM_F_REPLACE);
}

/// Without type and protocol the kernel would take another's route, or the fallback.
TEST(RouteCodec, ADeletionNamesTypeAndProtocol)
{
    netlink::Message m;
    encode_delete(m, RouteSpec{.destination = net("10.20.0.0/16"), .link = {"a"}});
    EXPECT_EQ(body_of(m).rtm_type, RTN_UNICAST);
    EXPECT_EQ(body_of(m).rtm_protocol, route_protocol);
    EXPECT_EQ(body_of(m).rtm_scope, RT_SCOPE_NOWHERE);
    encode_delete(m, RouteSpec{.destination = net("10.20.0.0/16"), .metric = 1, .type = RouteType::Unreachable});
    EXPECT_EQ(body_of(m).rtm_type, RTN_UNREACHABLE);
}

TEST(RouteCodec, MultipathIsSeveralHops)
{
    netlink::Message m{RTM_NEWROUTE, 0};
    auto& body = m.body<rtmsg>();
    body.rtm_family = AF_INET;
    body.rtm_table = RT_TABLE_MAIN;
    body.rtm_type = RTN_UNICAST;
    std::byte hops[8 + 8 + 8];
    const auto gateway = ip("192.0.2.1");
    const rtattr via{.rta_len = 8, .rta_type = RTA_GATEWAY};
    const rtnexthop first{.rtnh_len = 16, .rtnh_flags = 0, .rtnh_hops = 0, .rtnh_ifindex = 3};
    const rtnexthop second{.rtnh_len = 8, .rtnh_flags = RTNH_F_DEAD, .rtnh_hops = 0, .rtnh_ifindex = 4};
    std::memcpy(hops, &first, 8);
    std::memcpy(hops + 8, &via, 4);
    std::memcpy(hops + 12, gateway.bytes.data(), 4);
    std::memcpy(hops + 16, &second, 8);
    m.bytes(RTA_MULTIPATH, hops);
    const auto raw = decode_route(m.header());
    ASSERT_TRUE(raw);
    const auto decoded = decode_hops(*raw);
    ASSERT_EQ(decoded.size(), 2);
    EXPECT_EQ(decoded[0].link, IfIndex{3});
    EXPECT_EQ(decoded[0].gateway, gateway);
    EXPECT_FALSE(decoded[0].dead);
    EXPECT_EQ(decoded[1].link, IfIndex{4});
    EXPECT_TRUE(decoded[1].dead);
    EXPECT_FALSE(decoded[1].gateway);
}

TEST(RouteCodec, HopsOfALyingLengthEndTheList)
{
    const rtnexthop hop{.rtnh_len = 200, .rtnh_flags = 0, .rtnh_hops = 0, .rtnh_ifindex = 3};
    RawRoute raw;
    raw.multipath = std::as_bytes(std::span{&hop, 1});
    EXPECT_TRUE(decode_hops(raw).empty());
}

TEST(RouteCodec, IgnoresWhatIsNoRouteOfAPerson)
{
    const auto with = [](auto tweak) {
        netlink::Message m{RTM_NEWROUTE, 0};
        auto& body = m.body<rtmsg>();
        body.rtm_family = AF_INET;
        body.rtm_table = RT_TABLE_MAIN;
        body.rtm_type = RTN_UNICAST;
        tweak(body);
        return decode_route(m.header()).has_value();
    };
    EXPECT_TRUE(with([](rtmsg&) {}));
    EXPECT_FALSE(with([](rtmsg& r) { r.rtm_type = RTN_LOCAL; }));
    EXPECT_FALSE(with([](rtmsg& r) { r.rtm_type = RTN_BROADCAST; }));
    EXPECT_FALSE(with([](rtmsg& r) { r.rtm_table = RT_TABLE_LOCAL; }));
    EXPECT_FALSE(with([](rtmsg& r) { r.rtm_flags = RTM_F_CLONED; }));
    EXPECT_FALSE(with([](rtmsg& r) { r.rtm_dst_len = 33; }));
    EXPECT_FALSE(with([](rtmsg& r) { r.rtm_family = AF_UNSPEC; }));
}

TEST(RouteCodec, ARouteForATosOrOfAnotherTypeIsNotOurs)
{
    RawRoute raw{.type = RTN_UNICAST, .protocol = route_protocol};
    EXPECT_TRUE(raw.ours());
    raw.tos = 8;
    EXPECT_FALSE(raw.ours());
    EXPECT_FALSE((RawRoute{.type = RTN_BLACKHOLE, .protocol = route_protocol}.ours()));
    EXPECT_FALSE((RawRoute{.type = RTN_UNICAST, .protocol = RTPROT_STATIC}.ours()));
}

} // namespace
} // namespace linkspan::route
