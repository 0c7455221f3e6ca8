#include "agent/accepted.h"
#include "tests/unit/directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::agent {
namespace {

namespace fs = std::filesystem;

class AcceptedTest : public testing::Test {
protected:
    [[nodiscard]] std::vector<std::string> kept() const
    {
        std::vector<std::string> texts;
        const auto sources = config::read_sources(accepted_main(root_ / "accepted"));
        if (sources)
            for (const auto& source : *sources) texts.push_back(source.text);
        return texts;
    }

    const Directory root_;
};

TEST_F(AcceptedTest, WhatIsKeptReadsBackTheSame)
{
    ASSERT_TRUE(keep_accepted(root_ / "accepted", {{"/etc/linkspan/edge.toml", "a"}, {"/x/linkspan.d/10.toml", "b"}}));
    EXPECT_THAT(kept(), testing::ElementsAre("a", "b"));
}

TEST_F(AcceptedTest, WhatIsGoneFromTheFilesIsGoneHere)
{
    ASSERT_TRUE(keep_accepted(root_ / "accepted", {{"m.toml", "a"}, {"10.toml", "b"}, {"20.toml", "c"}}));
    ASSERT_TRUE(keep_accepted(root_ / "accepted", {{"m.toml", "a"}, {"20.toml", "c"}}));
    EXPECT_THAT(kept(), testing::ElementsAre("a", "c"));
}

TEST_F(AcceptedTest, TheSameAgainIsNotWritten)
{
    ASSERT_TRUE(keep_accepted(root_ / "accepted", {{"m.toml", "a"}}));
    const auto before = fs::last_write_time(root_ / "accepted" / "linkspan.toml");
    ASSERT_TRUE(keep_accepted(root_ / "accepted", {{"m.toml", "a"}}));
    EXPECT_EQ(fs::last_write_time(root_ / "accepted" / "linkspan.toml"), before);
}

TEST_F(AcceptedTest, ADirectoryThatCannotBeMadeIsAnErrorWithItsName)
{
    const auto refused = keep_accepted("/proc/nowhere/accepted", {{"m.toml", "a"}});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().what, testing::HasSubstr("/proc/nowhere"));
}

} // namespace
} // namespace linkspan::agent
