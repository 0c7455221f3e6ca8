#include "nft/plan.h"

#include "tests/fake/nft.h"

#include <gtest/gtest.h>

#include <random>

namespace linkspan::nft {
namespace {

Observed intact(std::map<LinkName, std::uint16_t> mss)
{
    fake::Nft kernel;
    EXPECT_TRUE(kernel.apply({Verb::Create, {true, std::move(mss)}, {}}));
    return kernel.table;
}

TEST(NftPlan, ATableThatNobodyWantsGoes)
{
    EXPECT_TRUE(plan({}, {}).ops.empty());
    EXPECT_EQ(plan({}, intact({})).ops, (std::vector<Op<Spec>>{{Verb::Delete, {.clamp = true}, {}}}));
}

TEST(NftPlan, OnlyValuesDiffer)
{
    const Spec want{.clamp = true, .mss = {{{"a"}, 1200}}}, before{.clamp = true, .mss = {{{"a"}, 1300}}};
    EXPECT_EQ(plan(want, intact(before.mss)).ops, (std::vector<Op<Spec>>{{Verb::Update, want, before}}));
}

TEST(NftPlan, ARuleOutOfPlaceRewritesTheTable)
{
    const Spec want{.clamp = true};
    for (auto spoil : {+[](Observed& o) { std::swap(o.rules[0], o.rules[1]); },
                       +[](Observed& o) { o.rules.pop_back(); }, +[](Observed& o) { o.rules.push_back(""); },
                       +[](Observed& o) { o.rules[0] = "linkspan 0"; }, +[](Observed& o) { o.shaped = false; }}) {
        auto seen = intact({});
        spoil(seen);
        EXPECT_EQ(plan(want, seen).ops, (std::vector<Op<Spec>>{{Verb::Replace, want, want}}));
    }
}

TEST(NftPlan, OtherSasInPolicyModeRewriteTheTable)
{
    fake::Nft kernel;
    const Spec one{.clamp = true, .policy_mss = {{{0x1000'0001}, 1360}}}, none{.clamp = true};
    for (const auto& want : {none, one, Spec{.clamp = true, .policy_mss = {{{0x1000'0001}, 1340}}}, none}) {
        const auto ops = plan(want, kernel.table).ops;
        ASSERT_EQ(ops.size(), 1U);
        ASSERT_TRUE(kernel.apply(ops[0]));
        EXPECT_TRUE(plan(want, kernel.table).ops.empty());
    }
    ASSERT_TRUE(kernel.apply({Verb::Create, one, {}}));
    kernel.table.keeps_sources = false;
    EXPECT_EQ(plan(one, kernel.table).ops.size(), 1U);
}

TEST(NftPlan, Converges)
{
    std::mt19937 random{1};
    const auto some = [&] {
        Spec spec{.clamp = random() % 2 == 0};
        for (const std::string name : {"a", "b", "c"})
            if (spec.clamp && random() % 2) spec.mss[{name}] = static_cast<std::uint16_t>(1000 + random() % 2);
        return spec;
    };
    fake::Nft kernel;
    for (int round = 0; round < 1000; ++round) {
        const auto want = some();
        for (const auto& op : plan(want, kernel.table).ops) ASSERT_TRUE(kernel.apply(op));
        ASSERT_TRUE(plan(want, kernel.table).ops.empty());
        if (random() % 4 == 0 && kernel.table.present) kernel.table.rules.pop_back();
    }
}

} // namespace
} // namespace linkspan::nft
