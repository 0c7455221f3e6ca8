#include "xfrm/policy_codec.h"

#include "tests/fake/xfrm_samples.h"

#include <gtest/gtest.h>
#include <linux/xfrm.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <iomanip>
#include <sstream>

namespace linkspan::xfrm {

namespace {

using fake::Connection;

/// The message as the kernel would send it back.
nlmsghdr& dumped(netlink::Message& message)
{
    message.header().nlmsg_type = XFRM_MSG_NEWPOLICY;
    return message.header();
}

xfrm_userpolicy_info& info_of(netlink::Message& message)
{
    return *static_cast<xfrm_userpolicy_info*>(NLMSG_DATA(&message.header()));
}

/// What is decoded after `tweak` changed the message of an out policy of ours.
std::optional<ObservedPolicy> decoded(const PolicySpec& spec, const std::function<void(xfrm_userpolicy_info&)>& tweak)
{
    netlink::Message message;
    encode_update(spec, message);
    tweak(info_of(message));
    return decode_policy(dumped(message));
}

/// Non-zero 32-bit words of a message as "offset:bytes", zeros left out.
std::string golden(const netlink::Message& message)
{
    std::ostringstream text;
    text << std::hex << std::setfill('0');
    const auto wire = message.wire();
    for (std::size_t at = 0; at + 4 <= wire.size(); at += 4) {
        const auto word = wire.subspan(at, 4);
        if (std::ranges::all_of(word, [](std::byte b) { return b == std::byte{0}; })) continue;
        text << std::dec << at << ":" << std::hex;
        for (const std::byte b : word) text << std::setw(2) << std::to_integer<int>(b);
        text << " ";
    }
    return text.str();
}

TEST(PolicyCodec, WritesAProtectPolicyByteForByte)
{
    netlink::Message message;
    const Connection connection{.local = fake::prefix("10.1.0.0/16"), .remote = fake::prefix("10.2.0.0/24")};
    encode_create(connection.out(), message);
    EXPECT_EQ(golden(message), "0:04010000 4:13000100 16:0a020000 32:0a010000 56:02001810 "
                               "72:ffffffff 76:ffffffff 80:ffffffff 84:ffffffff 88:ffffffff 92:ffffffff 96:ffffffff "
                               "100:ffffffff 168:736c0100 176:01000000 "
                               "184:44000500 188:c6336407 208:32000000 212:02000000 216:cb00710a 232:cdab3412 "
                               "236:01000000 240:ffffffff 244:ffffffff 248:ffffffff 252:08001f00 256:cdab3412 ");
}

TEST(PolicyCodec, WritesABlockTwinByteForByte)
{
    netlink::Message message;
    encode_update(Connection{.by_mark = true}.block(), message);
    EXPECT_EQ(golden(message), "0:c4000000 4:19000100 56:02000000 68:736c0000 "
                               "72:ffffffff 76:ffffffff 80:ffffffff 84:ffffffff 88:ffffffff 92:ffffffff 96:ffffffff "
                               "100:ffffffff 168:736c00f0 176:01010000 184:0c001500 188:cdab3412 192:ffffffff ");
}

TEST(PolicyCodec, NamesAPolicyByItsSelectorDirectionAndIds)
{
    netlink::Message message;
    encode_delete(Connection{}.policy(Direction::Forward).key, message);
    EXPECT_EQ(golden(message), "0:58000000 4:14000100 56:02000000 76:02000000 80:08001f00 84:cdab3412 ");
    encode_get(Connection{}.block().key, message);
    EXPECT_EQ(golden(message), "0:58000000 4:15000100 56:02000000 68:736c0000 76:01000000 80:08001f00 84:cdab3412 ");
}

TEST(PolicyCodec, ReadsBackWhatItWrites)
{
    std::mt19937 random{7};
    for (int round = 0; round < 500; ++round)
        for (const auto& [key, spec] : fake::any_connection(random).all()) {
            netlink::Message message;
            encode_update(spec, message);
            const auto policy = decode_policy(dumped(message));
            ASSERT_TRUE(policy);
            EXPECT_EQ(policy->key, key);
            EXPECT_EQ(policy->protect, spec.protect);
            EXPECT_EQ(policy->action, key.role == Role::Block ? Action::Block : Action::Allow);
            EXPECT_TRUE(policy->ours);
            EXPECT_FALSE(policy->drifted);
        }
}

TEST(PolicyCodec, WhatTheKernelCountsIsNotDrift)
{
    const auto policy = decoded(Connection{}.out(), [](auto& info) {
        info.index = 4711;
        info.curlft = {1, 2, 3, 4};
    });
    EXPECT_FALSE(policy->drifted);
    EXPECT_EQ(policy->index, 4711);
}

TEST(PolicyCodec, AfterAnUpgradeAPlainPolicyIsStillOursAndGivenItsNewNumber)
{
    auto spec = Connection{.local = fake::prefix("10.1.0.0/16"), .remote = fake::prefix("10.2.0.0/24")}.out();
    spec.key.if_id = {};
    const auto before = plain_priority_first + (104 * 129 + 112) * 5 + 3; // of 0.1.0, for all protocols
    const auto policy = decoded(spec, [&](auto& info) { info.priority = before; });
    EXPECT_TRUE(policy->ours);
    EXPECT_TRUE(policy->drifted);
    EXPECT_FALSE(decoded(spec, [&](auto& info) { info.priority = before + 1; })->ours);
}

TEST(PolicyCodec, AHandEditIsDrift)
{
    const auto spec = Connection{}.out();
    EXPECT_TRUE(decoded(spec, [](auto& info) { info.action = XFRM_POLICY_BLOCK; })->drifted);
    EXPECT_TRUE(decoded(spec, [](auto& info) { info.flags = XFRM_POLICY_ICMP; })->drifted);
    EXPECT_TRUE(decoded(spec, [](auto& info) { info.lft.hard_add_expires_seconds = 60; })->drifted);
    EXPECT_TRUE(decoded(spec, [](auto& info) { info.share = XFRM_SHARE_SESSION; })->drifted);
}

TEST(PolicyCodec, AnotherPriorityOrReqidIsSomebodyElses)
{
    const auto spec = Connection{}.out();
    EXPECT_FALSE(decoded(spec, [](auto& info) { ++info.priority; })->ours);
    EXPECT_FALSE(decoded(Connection{}.block(), [](auto& info) { info.priority = protect_priority; })->ours);
    auto other = spec;
    other.protect->reqid = {16384};
    EXPECT_FALSE(decoded(other, [](auto&) {})->ours);
}

TEST(PolicyCodec, OneOfOursWhoseTemplateIsLostIsStillOurs)
{
    auto bare = Connection{}.out();
    bare.protect.reset();
    const auto policy = decoded(bare, [](auto&) {});
    EXPECT_TRUE(policy->ours);
    EXPECT_TRUE(policy->drifted);
}

/// A policy of a connection in policy mode: a pair of networks, one service.
PolicySpec plain(Role role = Role::Protect)
{
    const Connection pair{.local = fake::prefix("10.1.0.0/16"), .remote = fake::prefix("10.2.0.0/24")};
    auto spec = pair.policy(Direction::Out, role);
    spec.key.if_id = {};
    if (role == Role::Bypass) return spec;
    spec.key.protocol = 6;
    spec.key.destination_port = 443;
    return spec;
}

TEST(PolicyCodec, WritesProtocolAndPortsByteForByte)
{
    netlink::Message message;
    encode_delete(plain().key, message);
    EXPECT_EQ(golden(message), "0:50000000 4:14000100 16:0a020000 32:0a010000 48:01bbffff 56:02001810 60:06000000 "
                               "76:01000000 ");
}

TEST(PolicyCodec, PlainPoliciesAreReadBackAndOurs)
{
    for (const auto role : {Role::Protect, Role::Block, Role::Bypass}) {
        const auto policy = decoded(plain(role), [](auto&) {});
        ASSERT_TRUE(policy);
        EXPECT_EQ(policy->key, plain(role).key);
        EXPECT_EQ(policy->priority, priority_of(policy->key));
        EXPECT_TRUE(policy->ours);
        EXPECT_FALSE(policy->drifted);
        EXPECT_FALSE(decoded(plain(role), [](auto& info) { ++info.priority; })->ours);
    }
}

TEST(PolicyCodec, APlainPolicyWithoutAReqidOfOursIsSomebodyElses)
{
    auto spec = plain();
    spec.protect->reqid = {16384};
    EXPECT_FALSE(decoded(spec, [](auto&) {})->ours);
    spec.protect->reqid = {pair_reqid_last};
    EXPECT_TRUE(decoded(spec, [](auto&) {})->ours);
    spec.protect.reset();
    EXPECT_FALSE(decoded(spec, [](auto&) {})->ours);
}

TEST(PolicyCodec, ASecondTemplateIsDrift)
{
    netlink::Message message;
    auto spec = Connection{}.out();
    encode_update(spec, message);
    const auto first = std::exchange(spec.protect, std::nullopt);
    netlink::Message twice;
    encode_update(spec, twice);
    const std::array<std::byte, 2 * sizeof(xfrm_user_tmpl)> zeros{};
    auto both = zeros;
    std::ranges::copy(message.wire().subspan(188, sizeof(xfrm_user_tmpl)), both.begin());
    twice.bytes(XFRMA_TMPL, both);
    const auto policy = decode_policy(dumped(twice));
    ASSERT_TRUE(policy);
    EXPECT_EQ(policy->protect, first);
    EXPECT_TRUE(policy->drifted);
}

TEST(PolicyCodec, APolicyThatCannotStandAtOurKeyIsNothing)
{
    const auto spec = Connection{}.out();
    const std::function<void(xfrm_userpolicy_info&)> strangers[] = {
        [](auto& info) { info.sel.dport = 1; },       [](auto& info) { info.sel.sport_mask = 0xff; },
        [](auto& info) { info.sel.ifindex = 2; },     [](auto& info) { info.sel.user = 1000; },
        [](auto& info) { info.sel.saddr.a4 = 1; },    [](auto& info) { info.sel.family = AF_UNIX; },
        [](auto& info) { info.sel.saddr.a6[3] = 1; }, [](auto& info) { info.dir = 4; },
    };
    for (const auto& stranger : strangers) EXPECT_EQ(decoded(spec, stranger), std::nullopt);
    EXPECT_EQ(decoded(Connection{.id = 42}.out(), [](auto&) {}), std::nullopt);
}

TEST(PolicyCodec, APartialMarkMaskOrAnotherTypeIsNothing)
{
    netlink::Message message;
    encode_update(Connection{.id = 7}.out(), message);
    message.pod(XFRMA_MARK, xfrm_mark{.v = 0x1000'0000, .m = 0xf000'0000});
    EXPECT_EQ(decode_policy(dumped(message)), std::nullopt);
    encode_update(Connection{}.out(), message);
    message.pod(XFRMA_POLICY_TYPE, xfrm_userpolicy_type{.type = XFRM_POLICY_TYPE_SUB, .reserved1 = 0, .reserved2 = 0});
    EXPECT_EQ(decode_policy(dumped(message)), std::nullopt);
}

TEST(PolicyCodec, ASocketsPolicyIsForAllThatItSends)
{
    const auto protect = Connection{}.out().protect.value();
    const auto bytes = socket_policy(Family::V6, protect);
    ASSERT_EQ(bytes.size(), sizeof(xfrm_userpolicy_info) + sizeof(xfrm_user_tmpl));
    xfrm_userpolicy_info info;
    std::memcpy(&info, bytes.data(), sizeof info);
    EXPECT_EQ(info.sel.family, AF_INET6);
    EXPECT_EQ(info.sel.prefixlen_s + info.sel.prefixlen_d, 0);
    EXPECT_EQ(info.dir, XFRM_POLICY_OUT);
    xfrm_user_tmpl wanted;
    std::memcpy(&wanted, bytes.data() + sizeof info, sizeof wanted);
    EXPECT_EQ(wanted.reqid, protect.reqid.value);
    EXPECT_EQ(wanted.optional, 0) << "without an SA nothing leaves";
}

TEST(PolicyCodec, AShortOrForeignMessageIsNothing)
{
    netlink::Message message;
    encode_update(Connection{}.out(), message);
    EXPECT_EQ(decode_policy(message.header()), std::nullopt) << "an UPDPOLICY is no answer";
    dumped(message).nlmsg_len = NLMSG_HDRLEN + sizeof(xfrm_userpolicy_info) - 1;
    EXPECT_EQ(decode_policy(message.header()), std::nullopt);
}

} // namespace

} // namespace linkspan::xfrm
