#include "xfrm/state_codec.h"

#include "netlink/attributes.h"
#include "tests/fake/xfrm_samples.h"
#include "tests/fake/xfrm_states.h"

#include <gtest/gtest.h>

namespace linkspan::xfrm {

namespace {

constexpr std::string_view secret = "a key of thirty-two bytes, no less";

ObservedState sample()
{
    return {.key = {fake::address("198.51.100.7"), Spi{0xc0de'0001}},
            .source = fake::address("203.0.113.10"),
            .reqid = {0x1234'abcd},
            .if_id = {0x1234'abcd},
            .mark = {0x1000'0001},
            .bytes = 1'000'000'000'000,
            .packets = 3,
            .added = 1'790'000'000};
}

std::optional<ObservedState> round_trip(const ObservedState& state)
{
    netlink::Message message;
    fake::encode_state(state, secret, message);
    return decode_state(message.header());
}

TEST(StateCodec, ReadsAState)
{
    EXPECT_EQ(round_trip(sample()), sample());
    auto v6 = sample();
    v6.key.destination = fake::address("2001:db8::7");
    v6.source = fake::address("2001:db8::10");
    EXPECT_EQ(round_trip(v6), v6);
}

TEST(StateCodec, ReadsWhatAStateDropped)
{
    auto dropping = sample();
    dropping.errors = {.late = 1, .replayed = 20, .forged = 300};
    EXPECT_EQ(round_trip(dropping), dropping);
}

TEST(StateCodec, AStateWithoutAlgorithmsIsLarval)
{
    auto larval = sample();
    larval.larval = true;
    EXPECT_EQ(round_trip(larval), larval);
}

TEST(StateCodec, StatesOfOthersAreNothing)
{
    auto theirs = sample();
    theirs.reqid = {1};
    EXPECT_EQ(round_trip(theirs), std::nullopt);
    netlink::Message message;
    fake::encode_state(sample(), secret, message);
    auto& info = *static_cast<xfrm_usersa_info*>(NLMSG_DATA(&message.header()));
    info.id.proto = IPPROTO_AH;
    EXPECT_EQ(decode_state(message.header()), std::nullopt);
    info.id.proto = IPPROTO_ESP;
    info.family = AF_UNIX;
    EXPECT_EQ(decode_state(message.header()), std::nullopt);
    info.family = AF_INET;
    EXPECT_NE(decode_state(message.header()), std::nullopt);
    message.header().nlmsg_len = NLMSG_HDRLEN + sizeof info - 1;
    EXPECT_EQ(decode_state(message.header()), std::nullopt);
}

TEST(StateCodec, NamesAStateByDestinationSpiAndMark)
{
    netlink::Message message;
    encode_delete(sample(), message);
    EXPECT_EQ(message.header().nlmsg_type, XFRM_MSG_DELSA);
    const auto& id = *static_cast<const xfrm_usersa_id*>(NLMSG_DATA(&message.header()));
    EXPECT_EQ(id.daddr.a4, htonl(0xc633'6407));
    EXPECT_EQ(id.spi, htonl(0xc0de'0001));
    EXPECT_EQ(id.family, AF_INET);
    EXPECT_EQ(id.proto, IPPROTO_ESP);
    EXPECT_EQ(message.wire().size(), NLMSG_HDRLEN + sizeof id + 12) << "and a mark";
}

std::optional<Renewable> renewable(const ObservedState& state, netlink::Message& message)
{
    fake::encode_state(state, secret, message);
    return decode_renewable(message.header());
}

TEST(StateCodec, ARankKeepsTheMomentsOfRenewalAndOfTheEnd)
{
    auto plain = sample();
    plain.soft_expiry = plain.added + 2400;
    netlink::Message message;
    const auto state = renewable(plain, message).value();
    for (const auto rank : {Rank::First, Rank::Last}) {
        encode_added(state, rank, message);
        EXPECT_EQ(message.header().nlmsg_type, XFRM_MSG_NEWAE);
        EXPECT_TRUE(message.header().nlmsg_flags & NLM_F_REPLACE);
        std::uint64_t added = 0;
        for (const auto attribute : netlink::attributes_of(message.header(), sizeof(xfrm_aevent_id))) {
            if (attribute.type != XFRMA_LTIME_VAL) continue;
            const auto current = attribute.get<xfrm_lifetime_cur>().value();
            added = current.add_time;
            EXPECT_EQ(current.bytes, plain.bytes);
            EXPECT_EQ(current.packets, plain.packets);
        }
        EXPECT_EQ(added, rank == Rank::First ? plain.soft_expiry - 1 : 1);
        encode_lifetimes(state, rank, message);
        EXPECT_EQ(message.header().nlmsg_type, XFRM_MSG_UPDSA);
        const auto info = netlink::body_of<xfrm_usersa_info>(message.header()).value();
        EXPECT_EQ(added + info.lft.soft_add_expires_seconds, plain.soft_expiry);
        EXPECT_EQ(added + info.lft.hard_add_expires_seconds, plain.soft_expiry + fake::hard_after_soft);
        EXPECT_EQ(info.lft.soft_byte_limit, XFRM_INF);
    }
}

TEST(StateCodec, ARankCarriesNoKeyAndRepeatsWhatTheKernelWouldForget)
{
    auto plain = sample();
    plain.soft_expiry = plain.added + 2400;
    netlink::Message message;
    encode_lifetimes(renewable(plain, message).value(), Rank::First, message);
    const auto wire = message.wire();
    const std::string text{reinterpret_cast<const char*>(wire.data()), wire.size()};
    EXPECT_EQ(text.find("a key of"), std::string::npos);
    EXPECT_NE(text.find("hmac(sha256)"), std::string::npos);
    message.header().nlmsg_type = XFRM_MSG_NEWSA;
    const auto read = decode_state(message.header()).value();
    EXPECT_EQ(read.mark, plain.mark);
    EXPECT_EQ(read.if_id, plain.if_id);
}

TEST(StateCodec, WhatIsNeverRenewedOrHasNoKeysGetsNoRank)
{
    netlink::Message message;
    EXPECT_EQ(renewable(sample(), message), std::nullopt);
    auto state = sample();
    state.soft_expiry = state.added + 2400;
    EXPECT_NE(renewable(state, message), std::nullopt);
    state.larval = true;
    EXPECT_EQ(renewable(state, message), std::nullopt);
}

TEST(StateCodec, ADumpAsksForEspRightBehindTheHeader)
{
    netlink::Message message;
    encode_dump_states(message);
    const auto* attribute = static_cast<const nlattr*>(NLMSG_DATA(&message.header()));
    EXPECT_EQ(attribute->nla_type, XFRMA_PROTO);
    EXPECT_EQ(message.wire().back(), std::byte{0});
    EXPECT_EQ(message.wire()[NLMSG_HDRLEN + sizeof(nlattr)], std::byte{IPPROTO_ESP});
}

} // namespace

} // namespace linkspan::xfrm
