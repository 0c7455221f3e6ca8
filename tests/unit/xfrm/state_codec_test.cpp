#include "xfrm/state_codec.h"

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
