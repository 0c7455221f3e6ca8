#include "netlink/socket.h"
#include "tests/fake/xfrm_kernel.h"

#include <gtest/gtest.h>

namespace linkspan::netlink {

namespace {

/// The fake kernel checks nothing but what xfrm messages look like; here it is only somebody who answers.
class Batch : public testing::Test {
protected:
    Batch() { socket.emplace(*Socket::over(kernel.dial())); }

    /// `count` policies, told apart by if_id.
    std::vector<Result<>> send(std::size_t count, std::size_t too_long = 1'000'000)
    {
        return socket->request_all({
            .count = count,
            .build =
                [&](std::size_t i, Message& message) {
                    message.reset(XFRM_MSG_NEWPOLICY, 0);
                    message.body<xfrm_userpolicy_info>().sel.family = AF_INET;
                    message.pod(XFRMA_IF_ID, static_cast<std::uint32_t>(i));
                    if (i == too_long) message.text(1, std::string(Message::capacity, 'x'));
                },
            .what = [](std::size_t i) { return "policy " + std::to_string(i); },
        });
    }

    fake::XfrmKernel kernel;
    std::optional<Socket> socket;
};

TEST_F(Batch, OfNothingIsNothing)
{
    EXPECT_TRUE(send(0).empty());
}

TEST_F(Batch, DoesAllAndAsksForFewAcks)
{
    std::size_t acks = 0;
    kernel.refuse = [&](const nlmsghdr& request) {
        acks += (request.nlmsg_flags & NLM_F_ACK) != 0;
        return 0;
    };
    const auto outcomes = send(1000);
    EXPECT_EQ(std::ranges::count_if(outcomes, &Result<>::has_value), 1000);
    EXPECT_EQ(kernel.changes, 1000);
    EXPECT_GT(acks, 1);
    EXPECT_LT(acks, 20);
}

TEST_F(Batch, TellsWhichWereRefusedAndWhy)
{
    kernel.refusal_text = "No luck";
    kernel.refuse = [](const nlmsghdr& request) { return request.nlmsg_seq % 100 == 0 ? -EPERM : 0; };
    const auto outcomes = send(1000);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const bool refused = (i + 1) % 100 == 0;
        ASSERT_EQ(outcomes[i].has_value(), !refused) << i;
        if (!refused) continue;
        EXPECT_EQ(outcomes[i].error().what, "policy " + std::to_string(i) + ": Operation not permitted (No luck)");
    }
    EXPECT_EQ(kernel.changes, 990);
}

TEST_F(Batch, LeavesOutWhatDoesNotFitAMessage)
{
    const auto outcomes = send(300, 150);
    ASSERT_FALSE(outcomes[150]);
    EXPECT_EQ(outcomes[150].error().kind, Kind::Bug);
    EXPECT_EQ(std::ranges::count_if(outcomes, &Result<>::has_value), 299);
    EXPECT_EQ(kernel.changes, 299);
}

TEST_F(Batch, AFailedExchangeIsTheOutcomeOfAllThatAreLeft)
{
    int receives = 0;
    kernel.before_receive = [&]() -> Result<> {
        if (++receives == 2) return failure(Kind::Overrun, "dropped");
        return {};
    };
    const auto outcomes = send(1000);
    const auto first_bad = std::ranges::find_if(outcomes, [](const Result<>& r) { return !r; });
    ASSERT_NE(first_bad, outcomes.end());
    EXPECT_NE(first_bad, outcomes.begin()) << "the first chunk went well";
    EXPECT_TRUE(std::all_of(first_bad, outcomes.end(), [](const Result<>& r) { return !r; }));
    const auto at = std::distance(outcomes.begin(), first_bad);
    EXPECT_EQ(first_bad->error(), (Error{Kind::Overrun, 0, "policy " + std::to_string(at) + ": dropped"}));
    EXPECT_EQ(kernel.dials, 1);
    kernel.before_receive = nullptr;
    EXPECT_TRUE(send(1).at(0).error().kind == Kind::Exists) << "it had been done";
    EXPECT_EQ(kernel.dials, 2);
}

} // namespace

} // namespace linkspan::netlink
