// To close a socket of netfilter's holds up every transaction in the namespace until what earlier ones replaced is freed, 10 ms
// and more (docs/kernel-facts.md). So a thread's nft context stays, and its socket with it.

#include "nft/context.h"
#include "tests/netns/own_namespace.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <string>

namespace linkspan::nft {
namespace {

std::set<std::string> open_sockets()
{
    std::set<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/thread-self/fd")) {
        std::error_code gone;
        const auto target = std::filesystem::read_symlink(entry, gone).string();
        if (target.starts_with("socket:")) found.insert(target);
    }
    return found;
}

std::string tables()
{
    const auto listed = run("list tables", "read nftables tables");
    return listed ? *listed : listed.error().what;
}

class ContextOfTheKernel : public testing::Test {
protected:
    void SetUp() override
    {
        if (const auto missing = test::enter_own_namespace(); !missing.empty()) GTEST_SKIP() << missing;
        before_ = open_sockets();
    }
    /// Sockets that were opened since, and are there still.
    [[nodiscard]] std::set<std::string> kept() const
    {
        std::set<std::string> fresh;
        std::ranges::set_difference(open_sockets(), before_, std::inserter(fresh, fresh.end()));
        return fresh;
    }

private:
    std::set<std::string> before_;
};

TEST_F(ContextOfTheKernel, KeepsOneSocketAndSeesEveryChange)
{
    ASSERT_TRUE(run("add table inet one", "a table"));
    const auto first = kept();
    ASSERT_EQ(first.size(), 1U);
    EXPECT_NE(tables().find("\"one\""), std::string::npos);
    ASSERT_TRUE(run("add table inet two; delete table inet one", "tables"));
    const auto listed = tables();
    EXPECT_EQ(listed.find("\"one\""), std::string::npos);
    EXPECT_NE(listed.find("\"two\""), std::string::npos);
    EXPECT_EQ(kept(), first);
}

TEST_F(ContextOfTheKernel, WorksAfterARefusalAndSaysItOnce)
{
    const auto refused = run("delete table inet nobody", "a table");
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().what.find("a table: "), std::string::npos);
    EXPECT_TRUE(run("add table inet one", "a table"));
    const auto other = run("add chain inet nobody chain", "a chain");
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().what.find("a table"), std::string::npos);
}

TEST_F(ContextOfTheKernel, FollowsItsThreadIntoAnotherNamespace)
{
    ASSERT_TRUE(run("add table inet one", "a table"));
    ASSERT_EQ(test::enter_own_namespace(), "");
    EXPECT_EQ(tables().find("\"one\""), std::string::npos);
}

} // namespace
} // namespace linkspan::nft
