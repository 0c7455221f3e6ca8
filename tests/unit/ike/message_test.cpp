#include "ike/message.h"

#include <gtest/gtest.h>

namespace linkspan::ike {
namespace {

TEST(Message, FindsTheFirstItemOfAName)
{
    const auto m = Message{}.set("a", std::string{"1"}).set("a", std::string{"2"}).set("l", List{"x", "y"});
    EXPECT_EQ(m.text("a"), "1");
    EXPECT_EQ(m.list("l"), (List{"x", "y"}));
    EXPECT_EQ(m.find("b"), nullptr);
}

TEST(Message, AnswersNothingForAnItemOfAnotherSort)
{
    const auto m = Message{}.set("l", List{"x"}).set("s", Section{}.set("k", std::string{"v"}));
    EXPECT_EQ(m.text("l"), "");
    EXPECT_TRUE(m.list("s").empty());
    EXPECT_TRUE(m.section("l").empty());
    EXPECT_EQ(m.section("s").text("k"), "v");
}

TEST(Message, ComparesSecretsByWhatTheyAre)
{
    const auto with = [](std::string_view key) { return Message{}.set("data", std::make_shared<const Secret>(key)); };
    EXPECT_EQ(with("one"), with("one"));
    EXPECT_NE(with("one"), with("two"));
    EXPECT_NE(with("one"), Message{}.set("data", std::string{"one"}));
}

} // namespace
} // namespace linkspan::ike
