#include "netlink/answer.h"

#include "netlink/message.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace linkspan::netlink {

namespace {

Message& refusal(Message& message, int error, std::uint16_t flags)
{
    message.reset(NLMSG_ERROR, flags);
    message.body<nlmsgerr>().error = error;
    return message;
}

TEST(Outcome, OfAnAckIsSuccess)
{
    Message message;
    EXPECT_TRUE(outcome_of(refusal(message, 0, 0).header(), "make it"));
}

TEST(Outcome, OfARefusalNamesTheObjectAndTheErrno)
{
    Message message;
    const auto outcome = outcome_of(refusal(message, -EEXIST, 0).header(), "make it");
    EXPECT_EQ(outcome.error(), (Error{Kind::Exists, EEXIST, "make it: File exists"}));
}

TEST(Outcome, CarriesTheKernelsText)
{
    Message message;
    refusal(message, -EINVAL, NLM_F_CAPPED | NLM_F_ACK_TLVS).text(NLMSGERR_ATTR_MSG, "Unknown mode");
    EXPECT_EQ(outcome_of(message.header(), "make it").error().what, "make it: Invalid argument (Unknown mode)");
}

TEST(Outcome, FindsTheTextBehindAnEchoedRequest)
{
    Message message;
    refusal(message, -EINVAL, NLM_F_ACK_TLVS).text(77, "the echoed request's own attribute");
    auto* error = static_cast<nlmsgerr*>(NLMSG_DATA(&message.header()));
    error->msg.nlmsg_len = static_cast<std::uint32_t>(message.wire().size() - sizeof(nlmsghdr) - sizeof(int));
    message.text(NLMSGERR_ATTR_MSG, "Unknown mode");
    EXPECT_EQ(outcome_of(message.header(), "make it").error().what, "make it: Invalid argument (Unknown mode)");
}

TEST(Outcome, OfAnEchoThatClaimsMoreThanIsThereHasNoText)
{
    Message message;
    refusal(message, -EINVAL, NLM_F_ACK_TLVS).text(NLMSGERR_ATTR_MSG, "unreachable");
    static_cast<nlmsgerr*>(NLMSG_DATA(&message.header()))->msg.nlmsg_len = 0xffff'ffff;
    EXPECT_EQ(outcome_of(message.header(), "make it").error().what, "make it: Invalid argument");
}

TEST(Outcome, OfADumpIsInItsLastMessage)
{
    Message done{NLMSG_DONE, 0};
    done.body<int>() = -EOPNOTSUPP;
    EXPECT_EQ(outcome_of(done.header(), "read").error().kind, Kind::Unsupported);
    const Message bare{NLMSG_DONE, 0};
    EXPECT_TRUE(outcome_of(bare.header(), "read"));
}

TEST(Outcome, ThatCannotBeIsAProtocolError)
{
    Message message;
    EXPECT_EQ(outcome_of(refusal(message, EINVAL, 0).header(), "make it").error().kind, Kind::Protocol) << "positive";
    const Message half{NLMSG_ERROR, 0};
    EXPECT_EQ(outcome_of(half.header(), "make it").error().kind, Kind::Protocol);
}

TEST(Datagram, IsWalkedUpToAMessageOfImpossibleLength)
{
    alignas(nlmsghdr) std::array<std::byte, 48> datagram{};
    const Message one{7, 0};
    std::ranges::copy(one.wire(), datagram.begin());
    std::ranges::copy(one.wire(), datagram.begin() + 16);
    std::ranges::copy(one.wire(), datagram.begin() + 32);
    for (const std::uint32_t length : {0U, 15U, 17U, 0x7fff'ffffU, 0xffff'fff0U}) {
        std::memcpy(datagram.data() + 32, &length, sizeof length);
        int seen = 0;
        for_each_message(datagram, [&](const nlmsghdr& message) { seen += message.nlmsg_type; });
        EXPECT_EQ(seen, 14) << length;
    }
    for_each_message({}, [&](const nlmsghdr&) { FAIL(); });
}

} // namespace

} // namespace linkspan::netlink
