#include "nft/generation.h"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

namespace linkspan::nft {
namespace {

constexpr auto answer_type = static_cast<std::uint16_t>(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWGEN);

TEST(NftGeneration, IsAskedForInTheWordsOfNfTables)
{
    netlink::Message message;
    encode_get_generation(message);
    EXPECT_EQ(message.header().nlmsg_type, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETGEN);
    EXPECT_EQ(message.wire().size(), sizeof(nlmsghdr) + sizeof(nfgenmsg));
}

TEST(NftGeneration, IsReadInHostByteOrder)
{
    netlink::Message answer{answer_type, 0};
    answer.body<nfgenmsg>();
    answer.pod(NFTA_GEN_PROC_PID, htonl(1)).pod(NFTA_GEN_ID, htonl(0x1234));
    EXPECT_EQ(decode_generation(answer.header()), 0x1234U);
}

TEST(NftGeneration, IsNotGuessed)
{
    netlink::Message other{NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWTABLE, 0};
    other.body<nfgenmsg>();
    other.pod(NFTA_GEN_ID, htonl(1));
    EXPECT_EQ(decode_generation(other.header()), std::nullopt);
    netlink::Message without{answer_type, 0};
    without.body<nfgenmsg>();
    EXPECT_EQ(decode_generation(without.header()), std::nullopt);
    netlink::Message cut{answer_type, 0};
    cut.body<nfgenmsg>();
    cut.pod(NFTA_GEN_ID, std::uint16_t{1});
    EXPECT_EQ(decode_generation(cut.header()), std::nullopt);
}

} // namespace
} // namespace linkspan::nft
