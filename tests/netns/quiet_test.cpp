#include "nft/quiet.h"

#include "netlink/monitor.h"
#include "nft/context.h"
#include "nft/egress_pins.h"
#include "nft/fence.h"
#include "tests/netns/own_namespace.h"

#include <gtest/gtest.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include <array>

/// What the agent hears of the running kernel's rulesets.

namespace linkspan::nft {
namespace {

using namespace std::chrono_literals;

constexpr std::array<unsigned, 1> rulesets{NFNLGRP_NFTABLES};

class QuietOfTheKernel : public testing::Test {
protected:
    void SetUp() override
    {
        if (const auto missing = test::enter_own_namespace(); !missing.empty()) GTEST_SKIP() << "needs " << missing;
        if (!run("add table inet linkspan_egress\nadd table inet linkspan_other\n"
                 "add set inet linkspan_egress pins_4 { type ipv4_addr . ipv4_addr; flags timeout; }\n"
                 "add set inet linkspan_egress sources4 { type ipv4_addr; flags interval; }\n"
                 "add set inet linkspan_other pins_4 { type ipv4_addr; flags timeout; }",
                 "the sets"))
            GTEST_SKIP() << "needs nf_tables";
        auto monitor = netlink::Monitor::open(NETLINK_NETFILTER, rulesets, 0, program_of_quiet());
        ASSERT_TRUE(monitor) << monitor.error().what;
        monitor_.emplace(std::move(*monitor));
    }
    bool hears(const std::string& commands)
    {
        EXPECT_TRUE(run(commands, "somebody"));
        return hears();
    }
    bool hears() { return monitor_->drain()->any; }

private:
    std::optional<netlink::Monitor> monitor_;
};

TEST_F(QuietOfTheKernel, PinsAreNotHeardOf)
{
    auto socket = *netlink::Socket::open(NETLINK_NETFILTER);
    const std::vector<PinElement> pins{
        {"pins_4", *IpAddress::parse("10.0.0.1"), *IpAddress::parse("192.0.2.1"), 60s, true}};
    ASSERT_TRUE(write_pins(socket, pins));
    EXPECT_FALSE(hears()) << "fresh";
    ASSERT_TRUE(write_pins(socket, pins));
    EXPECT_FALSE(hears()) << "written once more";
    delete_pins(socket, pins);
    EXPECT_FALSE(hears()) << "gone";
}

TEST_F(QuietOfTheKernel, TheFenceIsHeardOfWhenItStandsAndNotWhenItIsLifted)
{
    auto fence = *Fence::open();
    ASSERT_TRUE(fence.stand({*IpAddress::parse("192.0.2.1"), *IpAddress::parse("2001:db8::1")}));
    EXPECT_TRUE(hears());
    ASSERT_TRUE(fence.lift(1s));
    ASSERT_TRUE(fence.lift(1s));
    ASSERT_TRUE(fence.close());
    EXPECT_FALSE(hears());
}

TEST_F(QuietOfTheKernel, EverythingElseIs)
{
    EXPECT_TRUE(hears("add element inet linkspan_egress sources4 { 10.0.0.0/8 }")) << "another set of the table's";
    EXPECT_TRUE(hears("add element inet linkspan_other pins_4 { 10.0.0.1 }")) << "another table's set of that name";
    EXPECT_TRUE(hears("add chain inet linkspan_egress mine")) << "a chain";
    EXPECT_TRUE(hears("delete set inet linkspan_egress pins_4")) << "the set itself";
    EXPECT_TRUE(hears("add table inet x\nadd set inet x s { type ipv4_addr; }\nadd element inet x s { 10.0.0.1 }"));
    EXPECT_TRUE(hears("add element inet x s { 10.0.0.2 }")) << "the shortest names there are";
    EXPECT_TRUE(hears("delete table inet linkspan_egress")) << "the table";
}

} // namespace
} // namespace linkspan::nft
