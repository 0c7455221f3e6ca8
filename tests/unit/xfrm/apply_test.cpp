#include "xfrm/apply.h"

#include "tests/fake/xfrm_kernel.h"
#include "tests/fake/xfrm_samples.h"
#include "tests/fake/xfrm_states.h"
#include "xfrm/observe.h"

#include <gtest/gtest.h>

namespace linkspan::xfrm {

namespace {

using fake::Connection;

/// What the kernel may do to us; what it does is told in tests/contract/xfrm_contract_test.cpp.
class XfrmApply : public testing::Test {
protected:
    XfrmApply() { socket.emplace(*netlink::Socket::over(kernel.dial())); }

    fake::XfrmKernel kernel;
    std::optional<netlink::Socket> socket;
};

TEST_F(XfrmApply, ARefusalNamesTheObjectAndTheKernelsReason)
{
    kernel.refuse = [](const nlmsghdr&) { return -EINVAL; };
    kernel.refusal_text = "Invalid policy";
    const auto spec = Connection{}.out();
    EXPECT_EQ(apply(*socket, Op<PolicySpec>{Verb::Create, spec, {}}).error().what,
              "install policy out 0.0.0.0/0 -> 0.0.0.0/0 if_id 0x1234abcd: Invalid argument (Invalid policy)");
    EXPECT_EQ(apply(*socket, Op<PolicySpec>{Verb::Delete, spec, {}}).error().what,
              "delete policy out 0.0.0.0/0 -> 0.0.0.0/0 if_id 0x1234abcd: Invalid argument (Invalid policy)");
    EXPECT_EQ(delete_state(*socket, {.key = {fake::address("198.51.100.7"), Spi{1}}}).error().what,
              "delete SA 198.51.100.7 spi 0x00000001: Invalid argument (Invalid policy)");
}

TEST_F(XfrmApply, APolicyThatVanishesWhileItIsAdoptedIsMade)
{
    const auto spec = Connection{}.out();
    bool first = true;
    kernel.refuse = [&](const nlmsghdr& request) {
        return request.nlmsg_type == XFRM_MSG_NEWPOLICY && std::exchange(first, false) ? -EEXIST : 0;
    };
    EXPECT_TRUE(apply(*socket, Op<PolicySpec>{Verb::Create, spec, {}}));
    EXPECT_EQ(kernel.changes, 1);
}

TEST_F(XfrmApply, AdoptingWhatIsRightWritesNothing)
{
    const Op<PolicySpec> create{Verb::Create, Connection{}.out(), {}};
    ASSERT_TRUE(apply(*socket, create));
    ASSERT_TRUE(apply(*socket, create));
    EXPECT_EQ(kernel.changes, 1);
}

TEST_F(XfrmApply, OneRefusalDoesNotKeepTheOthersFromBeingDone)
{
    kernel.refuse = [](const nlmsghdr& request) { return request.nlmsg_type == XFRM_MSG_DELPOLICY ? -EPERM : 0; };
    const Op<PolicySpec> ops[] = {{Verb::Delete, Connection{}.out(), {}}, {Verb::Create, Connection{}.block(), {}}};
    const auto outcomes = apply_all(*socket, ops);
    EXPECT_EQ(outcomes.at(0).error().kind, Kind::Permission);
    EXPECT_TRUE(outcomes.at(1));
}

TEST_F(XfrmApply, ARankThatTheKernelRefusesLeavesTheSaAsItWas)
{
    const ObservedState sa{.key = {fake::address("198.51.100.7"), Spi{1}},
                           .source = fake::address("203.0.113.10"),
                           .reqid = {0x1234'abcd},
                           .added = 1'790'000'000,
                           .soft_expiry = 1'790'002'400};
    netlink::Message message;
    fake::encode_state(sa, "a key of thirty-two bytes, no less", message);
    ASSERT_TRUE(socket->request(message, "install an SA"));
    kernel.refuse = [](const nlmsghdr& request) { return request.nlmsg_type == XFRM_MSG_UPDSA ? -EINVAL : 0; };
    EXPECT_EQ(rank_state(*socket, sa, Rank::First).error().what,
              "rank SA 198.51.100.7 spi 0x00000001: Invalid argument");
    EXPECT_EQ(observe_states(*socket).value(), std::vector{sa});
    kernel.refuse = [](const nlmsghdr& request) { return request.nlmsg_type == XFRM_MSG_UPDSA ? -ESRCH : 0; };
    EXPECT_TRUE(rank_state(*socket, sa, Rank::First)) << "it ended meanwhile";
}

} // namespace

} // namespace linkspan::xfrm
