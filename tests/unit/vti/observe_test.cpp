#include "vti/observe.h"

#include "tests/fake/rtnetlink.h"

#include <gtest/gtest.h>

namespace linkspan::vti {
namespace {

struct VtiObserve : testing::Test {
    fake::Rtnetlink kernel;
    netlink::Socket socket = netlink::Socket::over(kernel.dial()).value();
};

TEST_F(VtiObserve, ForeignLinksAreSeen)
{
    kernel.add_foreign("wan0", "").mtu = 9000;
    kernel.add_foreign("v0", "veth").up = false;
    const auto seen = observe(socket);
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->at({"wan0"}), (Link{.index = {1}, .mtu = 9000, .up = true}));
    EXPECT_EQ(seen->at({"v0"}), (Link{.index = {2}, .mtu = 1500, .kind = "veth"}));
}

TEST_F(VtiObserve, AnInterruptedDumpIsNoObservation)
{
    kernel.add_foreign("wan0");
    kernel.before_answer = [](nlmsghdr& answer) { answer.nlmsg_flags |= NLM_F_DUMP_INTR; };
    const auto seen = observe(socket);
    ASSERT_FALSE(seen);
    EXPECT_EQ(seen.error().kind, Kind::Overrun);
}

TEST_F(VtiObserve, ARefreshOfManyIsADump)
{
    kernel.add_foreign("wan0");
    Observed observed{{{"gone"}, {}}};
    std::vector<LinkName> names(100, LinkName{"gone"});
    std::size_t asked = 0;
    kernel.refuse = [&](const nlmsghdr&) { return ++asked, 0; };
    ASSERT_TRUE(refresh(socket, observed, names));
    EXPECT_EQ(asked, 1);
    EXPECT_FALSE(observed.contains({"gone"}));
    EXPECT_TRUE(observed.contains({"wan0"}));
}

TEST_F(VtiObserve, ARefusedRefreshLeavesWhatWasKnown)
{
    Observed observed{{{"a"}, {}}};
    kernel.refuse = [](const nlmsghdr&) { return -EPERM; };
    const LinkName names[] = {{"a"}};
    EXPECT_FALSE(refresh(socket, observed, names));
    EXPECT_TRUE(observed.contains({"a"}));
}

} // namespace
} // namespace linkspan::vti
