#include "netlink/message.h"

#include "netlink/attributes.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace linkspan::netlink {

namespace {

std::vector<unsigned> bytes_of(const Message& message)
{
    std::vector<unsigned> bytes;
    for (const std::byte b : message.wire()) bytes.push_back(std::to_integer<unsigned>(b));
    return bytes;
}

TEST(Message, IsItsHeaderAtFirst)
{
    const Message message{0x1234, NLM_F_CREATE};
    EXPECT_EQ(bytes_of(message), (std::vector<unsigned>{16, 0, 0, 0, 0x34, 0x12, 0x01, 0x04, 0, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(Message, PadsBodyAndAttributesToFourBytes)
{
    Message message{1, 0};
    message.body<std::uint16_t>() = 0x0201;
    message.pod(5, std::uint8_t{7}).text(6, "abcd");
    const auto bytes = bytes_of(message);
    EXPECT_EQ((std::vector<unsigned>{bytes.begin() + 16, bytes.end()}),
              (std::vector<unsigned>{1, 2, 0, 0, 5, 0, 5, 0, 7, 0, 0, 0, 9, 0, 6, 0, 'a', 'b', 'c', 'd', 0, 0, 0, 0}));
    EXPECT_EQ(bytes[0], bytes.size());
}

TEST(Message, NestsAttributes)
{
    Message message{1, 0};
    message.nest(3, [](Message& inner) { inner.pod(4, std::uint32_t{9}).nest(5, [](Message&) {}); });
    const auto outer = *Attributes{message.wire().subspan(sizeof(nlmsghdr))}.begin();
    EXPECT_EQ(outer.type, 3);
    auto inner = outer.nested().begin();
    EXPECT_EQ((*inner).type, 4);
    EXPECT_EQ((*inner).get<std::uint32_t>(), 9);
    ++inner;
    EXPECT_EQ((*inner).type, 5);
    EXPECT_TRUE((*inner).payload.empty());
    ++inner;
    EXPECT_TRUE(inner == std::default_sentinel);
}

TEST(Message, ThatIsFullSaysSoAndStaysWithinItsBounds)
{
    const std::string half(Message::capacity / 2, 'x');
    Message message{1, 0};
    message.text(1, half);
    EXPECT_TRUE(message.ok());
    const auto size = message.wire().size();
    message.text(2, half).pod(3, 1).bytes(4, std::as_bytes(std::span{half}));
    EXPECT_FALSE(message.ok());
    EXPECT_EQ(message.wire().size(), size) << "nothing is put once something did not fit";
    message.nest(5, [](Message& inner) { inner.pod(6, 1); });
    EXPECT_EQ(message.wire().size(), size);
    message.reset(2, 0);
    EXPECT_TRUE(message.ok());
    EXPECT_EQ(message.wire().size(), sizeof(nlmsghdr));
}

TEST(Message, BodyIsZeroedEvenInAUsedBuffer)
{
    Message message{1, 0};
    message.body<std::uint64_t>() = ~0ULL;
    message.reset(1, 0);
    EXPECT_EQ(message.body<std::uint64_t>(), 0);
}

} // namespace

} // namespace linkspan::netlink
