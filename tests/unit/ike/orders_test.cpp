#include "ike/orders.h"

#include "fake_charon.h"

#include <gtest/gtest.h>

#include <atomic>

namespace linkspan::ike {
namespace {

using test::becomes_readable;
using test::FakeCharon;
using Answer = FakeCharon::Answer;

TEST(Orders, AreGivenThoughNobodyAnswers)
{
    FakeCharon charon{[](const Packet&) { return Answer{}; }};
    auto orders = Orders::connect(charon.path());
    ASSERT_TRUE(orders);
    for (int id = 0; id < 1000; ++id) ASSERT_TRUE(orders->give("rekey", Message{}.set("ike-id", std::to_string(id))));
    EXPECT_TRUE(orders->drain());
    EXPECT_EQ(orders->unanswered(), 1000U);
}

TEST(Orders, AreDoneWithWhateverTheAnswerIs)
{
    std::atomic<int> asked = 0;
    FakeCharon charon{[&](const Packet& packet) {
        EXPECT_EQ(packet.name, "rekey");
        EXPECT_EQ(packet.message.text("child-id"), "7");
        const auto* success = ++asked == 1 ? "yes" : "no";
        return Answer{{{PacketType::Response, "", Message{}.set("success", success)}}};
    }};
    auto orders = Orders::connect(charon.path());
    ASSERT_TRUE(orders);
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(orders->give("rekey", Message{}.set("child-id", "7")));
    while (orders->unanswered() > 0 && becomes_readable(orders->fd())) ASSERT_TRUE(orders->drain());
    EXPECT_EQ(orders->unanswered(), 0U);
}

TEST(Orders, EndWithCharon)
{
    FakeCharon charon{[](const Packet&) { return Answer{.close = true}; }};
    auto orders = Orders::connect(charon.path());
    ASSERT_TRUE(orders);
    ASSERT_TRUE(orders->give("rekey", {}));
    ASSERT_TRUE(becomes_readable(orders->fd()));
    EXPECT_EQ(orders->drain().error().kind, Kind::Disconnected);
    EXPECT_EQ(orders->fd(), -1);
}

} // namespace
} // namespace linkspan::ike
