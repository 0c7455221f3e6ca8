#include "agent/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::agent {
namespace {

Result<Options> parse(std::vector<std::string> words)
{
    words.insert(words.begin(), "linkspand");
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    return parse_options(arguments);
}

TEST(Options, ValuesMayBeAttachedOrFollow)
{
    EXPECT_EQ(parse({"--config", "/a"})->config, "/a");
    EXPECT_EQ(parse({"--config=/a"})->config, "/a");
    EXPECT_EQ(parse({"-c", "/a", "--state=/s", "--socket", "/p"})->state, "/s");
}

TEST(Options, OneshotIsAWordOfItsOwn)
{
    EXPECT_FALSE(parse({})->oneshot);
    EXPECT_TRUE(parse({"--oneshot"})->oneshot);
}

TEST(Options, MistypedOnesAreAnsweredWithTheRightOne)
{
    const auto refused = parse({"--oneshoot"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, Kind::Config);
    EXPECT_THAT(refused.error().what, testing::HasSubstr("did you mean --oneshot?"));
}

TEST(Options, AMissingValueIsSaid)
{
    const auto refused = parse({"--config"});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().what, testing::HasSubstr("--config needs a path"));
}

} // namespace
} // namespace linkspan::agent
