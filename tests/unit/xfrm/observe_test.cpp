#include "xfrm/observe.h"

#include "tests/fake/xfrm_kernel.h"
#include "tests/fake/xfrm_samples.h"
#include "xfrm/apply.h"

#include <gtest/gtest.h>

namespace linkspan::xfrm {

namespace {

using fake::Connection;

/// What may go wrong; what is seen when it does not is told in tests/contract/xfrm_contract_test.cpp.
class XfrmObserve : public testing::Test {
protected:
    XfrmObserve() { socket.emplace(*netlink::Socket::over(kernel.dial())); }

    void make(std::uint32_t count)
    {
        for (std::uint32_t i = 0; i < count; ++i)
            ASSERT_TRUE(apply(*socket, Op<PolicySpec>{Verb::Create, Connection{.id = 0x1000'0000 + i}.out(), {}}));
    }

    fake::XfrmKernel kernel;
    std::optional<netlink::Socket> socket;
};

TEST_F(XfrmObserve, AnInterruptedDumpIsNotTheTruth)
{
    make(2);
    kernel.before_answer = [](nlmsghdr& message) { message.nlmsg_flags |= NLM_F_DUMP_INTR; };
    EXPECT_EQ(observe_policies(*socket).error().kind, Kind::Overrun);
    EXPECT_EQ(observe_states(*socket).error().kind, Kind::Overrun);
    kernel.before_answer = nullptr;
    EXPECT_EQ(observe_policies(*socket)->size(), 2);
}

TEST_F(XfrmObserve, IsSortedWhateverTheKernelsOrder)
{
    make(20);
    const auto policies = observe_policies(*socket);
    EXPECT_EQ(policies->size(), 20);
    EXPECT_TRUE(std::ranges::is_sorted(*policies, {}, &ObservedPolicy::key));
}

TEST_F(XfrmObserve, AFailedRefreshChangesNothing)
{
    make(2);
    auto policies = *observe_policies(*socket);
    const auto before = policies;
    kernel.refuse = [](const nlmsghdr&) { return -EPERM; };
    const PolicyKey keys[] = {before[0].key};
    const auto outcome = refresh_policies(*socket, policies, keys);
    EXPECT_EQ(outcome.error().kind, Kind::Permission);
    EXPECT_EQ(policies, before);
}

TEST_F(XfrmObserve, ARefreshOfManyIsOneDump)
{
    make(2);
    std::size_t requests = 0;
    kernel.refuse = [&](const nlmsghdr&) {
        ++requests;
        return 0;
    };
    Policies policies;
    std::vector<PolicyKey> keys;
    for (std::uint32_t i = 0; i < 5000; ++i) keys.push_back(Connection{.id = 0x1000'0000 + i}.out().key);
    ASSERT_TRUE(refresh_policies(*socket, policies, keys));
    EXPECT_EQ(policies.size(), 2);
    EXPECT_EQ(requests, 1);
}

} // namespace

} // namespace linkspan::xfrm
