#include "netlink/monitor.h"

#include "netlink/socket.h"
#include "tests/fake/xfrm_samples.h"
#include "tests/netns/own_namespace.h"
#include "xfrm/apply.h"
#include "xfrm/policy_codec.h"

#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <linux/xfrm.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace linkspan::netlink {

namespace {

constexpr std::array<unsigned, 1> policies{XFRMNLGRP_POLICY};

class OwnNamespace : public testing::Test {
protected:
    void SetUp() override
    {
        if (const auto missing = test::enter_own_namespace(); !missing.empty()) GTEST_SKIP() << "needs " << missing;
    }

    /// Creates and deletes policies: two events each.
    static void stir(Socket& socket, std::uint32_t count)
    {
        for (const Verb verb : {Verb::Create, Verb::Delete}) {
            std::vector<Op<xfrm::PolicySpec>> ops;
            for (std::uint32_t i = 0; i < count; ++i)
                ops.push_back({verb, fake::Connection{.id = 0x1000'0000 + i}.out(), {}});
            for (const auto& done : xfrm::apply_all(socket, ops)) ASSERT_TRUE(done) << done.error().what;
        }
    }
};

using MonitorOfTheKernel = OwnNamespace;
using SocketToTheKernel = OwnNamespace;

TEST_F(MonitorOfTheKernel, TellsThatSomethingHappened)
{
    auto socket = Socket::open(NETLINK_XFRM);
    auto monitor = Monitor::open(NETLINK_XFRM, policies, 0);
    ASSERT_TRUE(socket && monitor);
    EXPECT_FALSE(monitor->drain()->any);
    stir(*socket, 1);
    const auto drained = monitor->drain();
    ASSERT_TRUE(drained);
    EXPECT_TRUE(drained->any);
    EXPECT_FALSE(drained->overrun);
    EXPECT_FALSE(monitor->drain()->any);
}

TEST_F(MonitorOfTheKernel, TellsAnOverrunOnceAndGoesOn)
{
    auto socket = Socket::open(NETLINK_XFRM);
    auto monitor = Monitor::open(NETLINK_XFRM, policies, 4096);
    ASSERT_TRUE(socket && monitor);
    stir(*socket, 2000);
    const auto drained = monitor->drain();
    ASSERT_TRUE(drained) << drained.error().what;
    EXPECT_TRUE(drained->overrun);
    stir(*socket, 1);
    const auto after = monitor->drain();
    ASSERT_TRUE(after);
    EXPECT_TRUE(after->any);
    EXPECT_FALSE(after->overrun);
}

TEST_F(MonitorOfTheKernel, RefusesAGroupThatIsNone)
{
    const std::array<unsigned, 1> none{5000};
    const auto monitor = Monitor::open(NETLINK_XFRM, none, 0);
    ASSERT_FALSE(monitor);
    EXPECT_NE(monitor.error().what.find("join netlink group 5000"), std::string::npos);
}

TEST_F(SocketToTheKernel, HearsNobodyElse)
{
    auto socket = Socket::open(NETLINK_XFRM); // the first of this process: its port is the process id
    auto forger = open_socket(NETLINK_XFRM, 0);
    ASSERT_TRUE(socket && forger);
    Message forged{NLMSG_ERROR, 0};
    forged.body<nlmsgerr>().error = -EPERM;
    forged.header().nlmsg_seq = 1;
    sockaddr_nl to{
        .nl_family = AF_NETLINK, .nl_pad = 0, .nl_pid = static_cast<std::uint32_t>(::getpid()), .nl_groups = 0};
    ASSERT_EQ(::sendto(forger->get(), forged.wire().data(), forged.wire().size(), 0,
                       reinterpret_cast<const sockaddr*>(&to), sizeof to),
              static_cast<ssize_t>(forged.wire().size()));
    Message message;
    xfrm::encode_delete(fake::Connection{}.out().key, message);
    const auto outcome = socket->request(message, "delete");
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind, Kind::NotFound);
}

} // namespace

} // namespace linkspan::netlink
