#include "nft/session.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

namespace linkspan::nft {
namespace {

IpAddress ip(const char* text)
{
    return IpAddress::parse(text).value();
}

std::vector<IpPrefix> nets(const char* text)
{
    return {IpPrefix::parse(text).value()};
}

AddressRange range(const char* text)
{
    return AddressRange::parse(text).value();
}

void put_tuple(netlink::Message& m, std::uint16_t type, const char* source, const char* destination, std::uint16_t from,
               std::uint16_t to)
{
    m.nest(type, [&](netlink::Message& tuple) {
        tuple.nest(CTA_TUPLE_IP, [&](netlink::Message& addresses) {
            addresses.bytes(CTA_IP_V4_SRC, std::as_bytes(ip(source).octets()));
            addresses.bytes(CTA_IP_V4_DST, std::as_bytes(ip(destination).octets()));
        });
        tuple.nest(CTA_TUPLE_PROTO, [&](netlink::Message& protocol) {
            protocol.pod(CTA_PROTO_NUM, std::uint8_t{6});
            protocol.pod(CTA_PROTO_SRC_PORT, htons(from));
            protocol.pod(CTA_PROTO_DST_PORT, htons(to));
        });
    });
}

TEST(Session, IsReadAsTheKernelTellsIt)
{
    netlink::Message message{NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW, 0};
    message.body<nfgenmsg>();
    put_tuple(message, CTA_TUPLE_ORIG, "10.1.0.7", "10.20.0.9", 4711, 443);
    put_tuple(message, CTA_TUPLE_REPLY, "10.20.0.9", "100.64.0.1", 8443, 1024);
    message.pod(CTA_ID, std::uint32_t{77}).pod(CTA_ZONE, htons(5));
    const auto session = decode_session(message.header());
    ASSERT_TRUE(session);
    EXPECT_EQ(session->first.source, ip("10.1.0.7"));
    EXPECT_EQ(session->first.port, 443);
    EXPECT_EQ(session->answer.destination, ip("100.64.0.1"));
    EXPECT_EQ(session->answer.port, 8443);
    EXPECT_EQ(session->id, 77u);
    netlink::Message end;
    encode_end_session(*session, end);
    EXPECT_TRUE(end.ok());
    EXPECT_FALSE(decode_session(end.header()));
}

Session session(const char* source, const char* destination, const char* answers_from, const char* answers_to,
                std::uint16_t port = 443, std::uint16_t port_is = 443)
{
    return {.first = {ip(source), ip(destination), 6, port},
            .answer = {ip(answers_from), ip(answers_to), 6, port_is},
            .name = {}};
}

Rules rules_of(std::vector<MappingRule> rules)
{
    return {.sets = {{{0x1000'0001},
                      {.name = {"a"},
                       .ends = {},
                       .remote = nets("10.20.0.0/16"),
                       .unknown_there = {},
                       .rules = std::move(rules)}}},
            .keeps = {}};
}

const MappingRule hidden{.source = nets("10.1.0.0/16"), .source_to = range("100.64.0.1")};
const MappingRule published{
    .from_here = false, .destination = nets("100.64.0.2/32"), .destination_to = range("10.1.0.80"), .port_to = 8443};

TEST(Session, IsStaleWhereTheRulesWouldTranslateItOtherwise)
{
    const auto ours = session("10.1.0.7", "10.20.0.9", "10.20.0.9", "100.64.0.1");
    EXPECT_FALSE(is_stale(ours, rules_of({hidden})));
    EXPECT_TRUE(is_stale(ours, rules_of({{.source = nets("10.1.0.0/16"), .source_to = range("100.64.0.3")}})))
        << "edited";
    EXPECT_TRUE(is_stale(ours, rules_of({}))) << "removed";
    EXPECT_TRUE(is_stale(ours, {})) << "removed with the connection";
    EXPECT_TRUE(is_stale(ours, rules_of({{.exclude = true, .source = nets("10.1.0.7/32")}, hidden}))) << "excluded";
    EXPECT_FALSE(is_stale(ours, rules_of({{.exclude = true, .source = nets("10.1.0.8/32")}, hidden})))
        << "another host excluded";
    const auto plain = session("10.1.0.7", "10.20.0.9", "10.20.0.9", "10.1.0.7");
    EXPECT_TRUE(is_stale(plain, rules_of({hidden}))) << "begun before there was the rule";
    EXPECT_FALSE(is_stale(plain, rules_of({})));
}

TEST(Session, OfAForwardedPortEndsWithIt)
{
    const auto theirs = session("10.20.0.9", "100.64.0.2", "10.1.0.80", "10.20.0.9", 443, 8443);
    EXPECT_FALSE(is_stale(theirs, rules_of({published})));
    EXPECT_TRUE(is_stale(theirs, rules_of({})));
    auto elsewhere = published;
    elsewhere.port_to = 9443;
    EXPECT_TRUE(is_stale(theirs, rules_of({elsewhere})));
}

TEST(Session, BelongsToTheNetworksOfItsEnds)
{
    const auto one = session("10.1.0.7", "172.16.0.9", "10.20.0.9", "100.64.0.1");
    const auto in = [&](const char* text) { return concerns(one, {nets(text).front()}); };
    EXPECT_TRUE(in("10.20.0.0/16") && in("172.16.0.0/24"));
    EXPECT_FALSE(in("10.30.0.0/16"));
}

} // namespace
} // namespace linkspan::nft
