#include "nft/egress_pins.h"

#include "nft/context.h"
#include "nft/wire.h"
#include "tests/netns/own_namespace.h"

#include <endian.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <map>

/// Pins in the running kernel's sets: what stands after several writes, and for how long.

namespace linkspan::nft {
namespace {

using testing::Pair;
using testing::UnorderedElementsAre;
using namespace std::chrono_literals;

const auto client = *IpAddress::parse("10.0.0.1");

PinElement pin(std::uint8_t last, std::chrono::milliseconds timeout, bool fresh)
{
    auto address = *IpAddress::parse("192.0.2.0");
    address.bytes[3] = last;
    return {"pins", client, address, timeout, fresh};
}

class PinsOfTheKernel : public testing::Test {
protected:
    void SetUp() override
    {
        if (const auto missing = test::enter_own_namespace(); !missing.empty()) GTEST_SKIP() << "needs " << missing;
        if (!run("add table inet linkspan_egress\nadd set inet linkspan_egress pins { type ipv4_addr . ipv4_addr; "
                 "flags timeout; size 64; }",
                 "the set"))
            GTEST_SKIP() << "needs nf_tables";
        socket_.emplace(*netlink::Socket::open(NETLINK_NETFILTER));
    }
    Result<> write(std::vector<PinElement> pins) { return write_pins(*socket_, pins); }
    /// The address's last byte, and the timeout it was given.
    std::map<int, std::chrono::milliseconds> standing()
    {
        std::map<int, std::chrono::milliseconds> found;
        netlink::Message message;
        start(message, NFT_MSG_GETSETELEM, 0);
        message.text(NFTA_SET_ELEM_LIST_TABLE, "linkspan_egress").text(NFTA_SET_ELEM_LIST_SET, "pins");
        const auto done = socket_->dump(message, "pins", [&](const nlmsghdr& part) {
            visit_attributes(part, NFT_MSG_NEWSETELEM, [&](const netlink::Attribute& list) {
                if (list.type != NFTA_SET_ELEM_LIST_ELEMENTS) return;
                for (const auto element : list.nested()) note(element, found);
            });
        });
        EXPECT_TRUE(done);
        return found;
    }

private:
    static void note(const netlink::Attribute& element, std::map<int, std::chrono::milliseconds>& into)
    {
        int last = 0;
        std::uint64_t timeout = 0;
        for (const auto part : element.nested()) {
            if (part.type == NFTA_SET_ELEM_TIMEOUT) timeout = be64toh(part.get<std::uint64_t>().value_or(0));
            if (part.type != NFTA_SET_ELEM_KEY) continue;
            for (const auto value : part.nested()) last = std::to_integer<int>(value.payload[7]);
        }
        into[last] = std::chrono::milliseconds{timeout};
    }
    std::optional<netlink::Socket> socket_;
};

TEST_F(PinsOfTheKernel, AreGivenTheirNewTimeWhetherTheyStoodOrNot)
{
    ASSERT_TRUE(write({pin(1, 60s, true), pin(2, 60s, true)}));
    ASSERT_TRUE(write({pin(1, 90s, false), pin(3, 90s, true), pin(4, 90s, false)}));
    EXPECT_THAT(standing(), UnorderedElementsAre(Pair(1, 90s), Pair(2, 60s), Pair(3, 90s), Pair(4, 90s)));
}

TEST_F(PinsOfTheKernel, OneThatIsThoughtFreshAndIsNotIsGivenItsNewTimeToo)
{
    ASSERT_TRUE(write({pin(1, 60s, true)}));
    ASSERT_TRUE(write({pin(1, 90s, true), pin(2, 90s, true)}));
    EXPECT_THAT(standing(), UnorderedElementsAre(Pair(1, 90s), Pair(2, 90s)));
}

TEST_F(PinsOfTheKernel, AFullSetIsSaidAndTakesNoneOfThem)
{
    std::vector<PinElement> many;
    for (std::uint8_t i = 0; i < 64; ++i) many.push_back(pin(i, 60s, true));
    ASSERT_TRUE(write(many));
    const auto refused = write({pin(1, 90s, false), pin(100, 90s, true)});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().sys, ENFILE);
    EXPECT_EQ(standing().at(1), 60s);
    EXPECT_EQ(standing().size(), 64U);
}

} // namespace
} // namespace linkspan::nft
