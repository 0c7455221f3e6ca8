#include "netlink/attributes.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace linkspan::netlink {

namespace {

/// Bytes on a 4-byte boundary.
template <std::size_t Size>
struct Aligned {
    alignas(nlmsghdr) std::array<std::uint8_t, Size> bytes;
    [[nodiscard]] std::span<const std::byte> view(std::size_t size = Size) const
    {
        return std::as_bytes(std::span{bytes}).first(size);
    }
};

std::vector<std::uint16_t> types(std::span<const std::byte> bytes)
{
    std::vector<std::uint16_t> seen;
    for (const Attribute attribute : Attributes{bytes}) seen.push_back(attribute.type);
    return seen;
}

TEST(Attributes, AreWalkedInOrder)
{
    const Aligned<20> two{{5, 0, 1, 0, 'a', 0, 0, 0, 12, 0, 2, 0, 1, 2, 3, 4, 5, 6, 7, 8}};
    EXPECT_EQ(types(two.view()), (std::vector<std::uint16_t>{1, 2}));
    EXPECT_EQ((*Attributes{two.view()}.begin()).text(), "a");
}

TEST(Attributes, StopAtTheFirstThatDoesNotFit)
{
    const Aligned<12> lying{{4, 0, 1, 0, 9, 0, 2, 0, 1, 2, 3, 4}};
    EXPECT_EQ(types(lying.view()), (std::vector<std::uint16_t>{1})) << "the second claims a byte too many";
    const Aligned<8> tiny{{3, 0, 1, 0, 4, 0, 2, 0}};
    EXPECT_TRUE(types(tiny.view()).empty()) << "shorter than its own header";
    const Aligned<8> none{};
    EXPECT_TRUE(types(none.view()).empty());
    EXPECT_TRUE(types(none.view(3)).empty());
    EXPECT_TRUE(types({}).empty());
}

TEST(Attributes, MayEndWithoutPadding)
{
    const Aligned<8> last{{5, 0, 1, 0, 'a', 0, 0, 0}};
    EXPECT_EQ(types(last.view(5)), (std::vector<std::uint16_t>{1}));
}

TEST(Attribute, GivesAValueOnlyIfItIsAllThere)
{
    const Aligned<8> short_one{{6, 0, 1, 0x80, 0x34, 0x12, 0, 0}};
    const Attribute attribute = *Attributes{short_one.view()}.begin();
    EXPECT_EQ(attribute.type, 1) << "the nested flag is not part of the type";
    EXPECT_EQ(attribute.get<std::uint16_t>(), 0x1234);
    EXPECT_EQ(attribute.get<std::uint32_t>(), std::nullopt);
}

TEST(Attribute, TextEndsAtTheFirstNulOrTheEnd)
{
    const Aligned<8> open{{8, 0, 1, 0, 'a', 'b', 'c', 'd'}};
    EXPECT_EQ((*Attributes{open.view()}.begin()).text(), "abcd");
    EXPECT_EQ(Attribute{}.text(), "");
}

TEST(MessageBody, IsNothingWhereTheMessageIsShorter)
{
    nlmsghdr message{.nlmsg_len = 16, .nlmsg_type = 1, .nlmsg_flags = 0, .nlmsg_seq = 0, .nlmsg_pid = 0};
    EXPECT_TRUE(payload_of(message).empty());
    EXPECT_EQ(body_of<int>(message), std::nullopt);
    EXPECT_TRUE(attributes_of(message, 64).begin() == std::default_sentinel);
    message.nlmsg_len = 3;
    EXPECT_TRUE(payload_of(message).empty());
}

} // namespace

} // namespace linkspan::netlink
