#include "xfrm/counters.h"

#include "netlink/attributes.h"
#include "xfrm/counters_codec.h"

#include <gtest/gtest.h>
#include <linux/xfrm.h>
#include <netinet/in.h>

#include <arpa/inet.h>

namespace linkspan::xfrm {
namespace {

using namespace std::chrono_literals;

const SaCounters legacy{.key = {IpAddress::parse("198.51.100.7").value(), Spi{0xc0de0001}},
                        .reqid = Reqid{0x1000'0001},
                        .window = 32,
                        .sent = 5000};
const SaCounters extended{.key = {IpAddress::parse("203.0.113.10").value(), Spi{0xc0de0002}},
                          .mark = Mark{0x1000'0001},
                          .reqid = Reqid{0x1000'0001},
                          .esn = true,
                          .words = 2,
                          .window = 64,
                          .received = 0x7'ffff'fff0};

/// What the kernel tells of an SA in a dump.
void tell(const SaCounters& counters, netlink::Message& message, bool larval = false)
{
    message.reset(XFRM_MSG_NEWSA, 0);
    auto& info = message.body<xfrm_usersa_info>();
    std::memcpy(&info.id.daddr, counters.key.destination.bytes.data(), sizeof info.id.daddr);
    info.id.spi = htonl(counters.key.spi.value);
    info.id.proto = IPPROTO_ESP;
    info.family = AF_INET;
    info.reqid = counters.reqid.value;
    info.replay_window = static_cast<std::uint8_t>(counters.words == 0 ? counters.window : 0);
    if (counters.esn) info.flags = XFRM_STATE_ESN;
    if (!larval) message.pod(XFRMA_ALG_AEAD, xfrm_algo_aead{});
    if (counters.mark.value) message.pod(XFRMA_MARK, xfrm_mark{.v = counters.mark.value, .m = 0xffff'ffff});
    netlink::Message set; // the attribute of a change is that of a dump
    encode_counters(counters, set);
    for (const auto attribute : netlink::attributes_of(set.header(), sizeof(xfrm_aevent_id)))
        if (attribute.type != XFRMA_MARK) message.bytes(attribute.type, attribute.payload);
}

TEST(Counters, AreReadAsTheyWereWritten)
{
    for (const auto& counters : {legacy, extended}) {
        netlink::Message message;
        tell(counters, message);
        EXPECT_EQ(decode_counters(message.header()), counters);
    }
}

TEST(Counters, OfLarvalAndForeignSasAreNotOurs)
{
    netlink::Message message;
    tell(legacy, message, true);
    EXPECT_EQ(decode_counters(message.header()), std::nullopt);
    auto foreign = legacy;
    foreign.reqid = Reqid{1};
    tell(foreign, message);
    EXPECT_EQ(decode_counters(message.header()), std::nullopt);
}

TEST(Counters, AreSetWithTheWindowFullAndTheMarkTold)
{
    netlink::Message message;
    encode_counters(extended, message);
    EXPECT_EQ(message.header().nlmsg_type, XFRM_MSG_NEWAE);
    EXPECT_TRUE(message.header().nlmsg_flags & NLM_F_REPLACE) << "the kernel refuses it without";
    bool mark = false, bitmap = false;
    for (const auto attribute : netlink::attributes_of(message.header(), sizeof(xfrm_aevent_id))) {
        mark |= attribute.type == XFRMA_MARK && attribute.get<xfrm_mark>()->v == extended.mark.value;
        if (attribute.type != XFRMA_REPLAY_ESN_VAL) continue;
        ASSERT_EQ(attribute.payload.size(), 24u + 8u) << "as many words as the SA has, or EINVAL";
        bitmap = attribute.payload.back() == std::byte{0xff};
    }
    EXPECT_TRUE(mark);
    EXPECT_TRUE(bitmap);
}

TEST(Counters, OfAnAnswerAboutAnotherSaAreNotTaken)
{
    netlink::Message message;
    auto event = legacy;
    encode_counters(event, message); // NEWAE: what is set and what is told look alike
    auto other = legacy;
    other.key.spi = Spi{7};
    EXPECT_FALSE(decode_event(message.header(), other));
    EXPECT_TRUE(decode_event(message.header(), event));
}

TEST(Counters, NeverGoBack)
{
    const auto next = advanced(legacy, 10, 7);
    ASSERT_TRUE(next);
    EXPECT_EQ(next->sent, 5000u);
    EXPECT_EQ(next->received, 7u);
    EXPECT_EQ(advanced(legacy, 6000, 0)->sent, 6000u);
}

TEST(Counters, AreNotJumpedToTheirEnd)
{
    EXPECT_EQ(advanced(legacy, 0xffff'0000, 0).error().kind, Kind::Config);
    auto near = legacy;
    near.sent = 0xffff'0000;
    EXPECT_EQ(advanced(near, 0, 0)->sent, 0xffff'0000u) << "as it is, it may stay";
    auto esn = extended;
    EXPECT_EQ(advanced(esn, 0x1'0000'0000, 0)->sent, 0x1'0000'0000u) << "64 bits have room";
}

TEST(Jump, GoesByTheRateWithinBounds)
{
    EXPECT_EQ(jump_for(0, 1000ms), 1u << 14);
    EXPECT_EQ(jump_for(1'000'000, 1000ms), 2'000'000u);
    EXPECT_EQ(jump_for(14'880'000, 60'000ms), 1u << 30);
    EXPECT_EQ(jump_for(~std::uint64_t{0}, 1000ms), 1u << 30);
}

} // namespace
} // namespace linkspan::xfrm
