#include "nft/apply.h"
#include "nft/context.h"
#include "nft/paths_plan.h"
#include "nft/reader.h"
#include "tests/netns/own_namespace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::nft {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class PathsOfTheKernel : public testing::Test {
protected:
    void SetUp() override
    {
        if (const auto missing = test::enter_own_namespace(); !missing.empty()) GTEST_SKIP() << "needs " << missing;
        if (!run("add table inet probe\ndelete table inet probe", "probe")) GTEST_SKIP() << "needs nf_tables";
    }
    /// What was done to get there.
    std::vector<Verb> converge(const Paths& want)
    {
        std::vector<Verb> verbs;
        for (const auto& op : plan(want, seen()).ops) {
            const auto done = apply(op);
            EXPECT_TRUE(done) << done.error().what;
            verbs.push_back(op.verb);
        }
        EXPECT_TRUE(plan(want, seen()).ops.empty());
        return verbs;
    }
    ObservedPaths seen()
    {
        auto observed = reader_.observe();
        EXPECT_TRUE(observed) << observed.error().what;
        return observed ? *observed : ObservedPaths{};
    }
    static void must(const std::string& commands)
    {
        const auto done = run(commands, "somebody");
        ASSERT_TRUE(done) << done.error().what;
    }

    Paths one_{{{Path::Primary, {.links = {{"ls-a"}}}}, {Path::Backup, {.links = {{"ls-a+backup"}}}}}};
    Paths both_{{{Path::Primary, {.links = {{"ls-a"}}, .sas = {{0x1000'0001}}}},
                 {Path::Backup, {.links = {{"ls-a+backup"}}, .sas = {{0x1000'0002}}}}}};

private:
    Reader<ObservedPaths> reader_ = paths_reader_of_kernel();
};

TEST_F(PathsOfTheKernel, AreMadeOnceChangedAndTakenAway)
{
    EXPECT_THAT(converge(one_), ElementsAre(Verb::Create));
    EXPECT_THAT(converge(one_), IsEmpty());
    EXPECT_THAT(converge(both_), ElementsAre(Verb::Update));
    EXPECT_THAT(converge({}), ElementsAre(Verb::Delete));
    EXPECT_FALSE(seen().present);
}

TEST_F(PathsOfTheKernel, SessionsStayWhenAnotherConnectionComesOrGoes)
{
    converge(one_);
    must("add element inet linkspan_paths by_backup_link { 4711 }");
    EXPECT_THAT(converge(one_), IsEmpty()) << "a session is no drift";
    EXPECT_THAT(converge(both_), ElementsAre(Verb::Update));
    const auto set = run("list set inet linkspan_paths by_backup_link", "look");
    ASSERT_TRUE(set);
    EXPECT_THAT(*set, HasSubstr("4711"));
}

TEST_F(PathsOfTheKernel, WhatSomebodyBendsIsMended)
{
    converge(both_);
    must("add rule inet linkspan_paths prerouting counter");
    EXPECT_THAT(converge(both_), ElementsAre(Verb::Update));
    must("add chain inet linkspan_paths more");
    EXPECT_THAT(converge(both_), ElementsAre(Verb::Replace));
    must("delete table inet linkspan_paths");
    EXPECT_THAT(converge(both_), ElementsAre(Verb::Create));
}

} // namespace
} // namespace linkspan::nft
