#include "nft/fence_codec.h"

#include "netlink/attributes.h"
#include "nft/nat_wire.h"

#include <gtest/gtest.h>
#include <linux/netfilter.h>

#include <endian.h>

#include <string>
#include <vector>

namespace linkspan::nft {
namespace {

using namespace std::chrono_literals;

const std::set<IpAddress> shared{IpAddress::parse("203.0.113.10").value(), IpAddress::parse("203.0.113.11").value(),
                                 IpAddress::parse("2001:db8::10").value()};

struct Elements {
    std::size_t count = 0;
    std::vector<std::byte> key = {}; ///< of the last
    std::uint64_t timeout = 0;       ///< milliseconds, of the last
};

Elements elements_of(const netlink::Message& message)
{
    Elements found;
    for (const auto list : netlink::attributes_of(message.header(), sizeof(nfgenmsg))) {
        if (list.type != NFTA_SET_ELEM_LIST_ELEMENTS) continue;
        for (const auto element : list.nested()) {
            ++found.count;
            for (const auto part : element.nested()) {
                if (part.type == NFTA_SET_ELEM_TIMEOUT) found.timeout = be64toh(part.get<std::uint64_t>().value());
                if (part.type == NFTA_SET_ELEM_KEY)
                    for (const auto value : part.nested()) found.key.assign(value.payload.begin(), value.payload.end());
            }
        }
    }
    return found;
}

TEST(FenceCodec, LiftsTheAddressesOfTheSetsFamilyForSomeTime)
{
    netlink::Message message;
    encode_lift(fence_sets()[0], shared, 300ms, message);
    ASSERT_TRUE(message.ok());
    const auto four = elements_of(message);
    EXPECT_EQ(four.count, 2u);
    EXPECT_EQ(four.key.size(), 4u);
    EXPECT_EQ(four.timeout, 300u);
    encode_lift(fence_sets()[1], shared, 300ms, message);
    const auto six = elements_of(message);
    EXPECT_EQ(six.count, 1u);
    EXPECT_EQ(six.key.size(), 16u);
}

TEST(FenceCodec, LiftsThePortOfCharonsPluginWithAddressesOfEitherFamily)
{
    const auto& plugin = fence_sets()[2];
    for (const std::string address : {"203.0.113.10", "2001:db8::10"}) {
        const std::set<IpAddress> one{IpAddress::parse(address).value()};
        EXPECT_TRUE(concerns(plugin, one));
        netlink::Message message;
        encode_lift(plugin, one, 300ms, message);
        const auto lifted = elements_of(message);
        EXPECT_EQ(lifted.count, 1u);
        EXPECT_EQ(lifted.key, (std::vector{std::byte{0x11}, std::byte{0x9e}})) << "4510";
        EXPECT_EQ(lifted.timeout, 300u);
    }
    EXPECT_FALSE(concerns(plugin, {}));
    EXPECT_FALSE(concerns(fence_sets()[1], {IpAddress::parse("203.0.113.10").value()}));
}

TEST(FenceCodec, LowersWithoutATime)
{
    netlink::Message message;
    encode_lower(fence_sets()[3], shared, message);
    EXPECT_EQ(message.header().nlmsg_type, nft_type(NFT_MSG_DELSETELEM));
    EXPECT_EQ(elements_of(message).count, 2u);
    EXPECT_EQ(elements_of(message).timeout, 0u);
}

TEST(FenceCodec, SeesWhetherAnAnswerHoldsElements)
{
    netlink::Message message;
    encode_lift(fence_sets()[0], shared, 300ms, message);
    EXPECT_TRUE(has_elements(message.header()));
    encode_lift(fence_sets()[0], {}, 300ms, message);
    EXPECT_FALSE(has_elements(message.header()));
    encode_lower(fence_sets()[0], shared, message);
    EXPECT_FALSE(has_elements(message.header())) << "another message";
}

/// What is read of a rule as the kernel tells of it.
std::optional<FenceRule> read_rule(std::uint8_t family, std::string_view table, std::uint64_t handle)
{
    netlink::Message message;
    message.reset(nft_type(NFT_MSG_NEWRULE), 0);
    message.body<nfgenmsg>().nfgen_family = family;
    message.text(NFTA_RULE_TABLE, table).pod(NFTA_RULE_HANDLE, htobe64(handle));
    return decode_fence_rule(message.header());
}

TEST(FenceCodec, ReadsTheNumbersOfItsRulesAndOfNoOther)
{
    EXPECT_EQ(read_rule(NFPROTO_ARP, fence_table, 1ull << 40), (FenceRule{NFPROTO_ARP, 1ull << 40}));
    EXPECT_EQ(read_rule(NFPROTO_INET, "linkspan", 7), std::nullopt);
    EXPECT_EQ(read_rule(NFPROTO_INET, fence_table, 0), std::nullopt) << "no number is 0";
    netlink::Message message;
    encode_lift(fence_sets()[0], shared, 300ms, message);
    EXPECT_EQ(decode_fence_rule(message.header()), std::nullopt) << "another message";
}

} // namespace
} // namespace linkspan::nft
