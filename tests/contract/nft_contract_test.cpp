#include "nft/apply.h"
#include "nft/context.h"
#include "nft/plan.h"
#include "nft/reader.h"
#include "nft/render.h"
#include "tests/fake/nft.h"
#include "tests/netns/own_namespace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::nft {
namespace {

struct FakeKernel {
    fake::Nft kernel = {};
    std::string missing() { return {}; }
    Result<Observed> observe() { return kernel.observe(); }
    Result<> apply(const Op<Spec>& op) { return kernel.apply(op); }
    void somebody_adds_a_rule() { kernel.table.rules.emplace_back(); }
    void somebody_deletes_a_rule() { kernel.table.rules.erase(kernel.table.rules.begin()); }
    void somebody_adds_a_chain() { kernel.table.shaped = false; }
    void somebody_sets(const std::string& link, std::uint16_t mss) { kernel.table.mss[{link}] = mss; }
    void somebody_deletes_the_table() { kernel.table = {}; }
};

struct RunningKernel {
    std::string missing()
    {
        if (auto missing = test::enter_own_namespace(); !missing.empty()) return missing;
        return run("add table inet probe\ndelete table inet probe", "probe") ? "" : "nf_tables";
    }
    Reader<Observed> reader = reader_of_kernel();
    Result<Observed> observe() { return reader.observe(); }
    Result<> apply(const Op<Spec>& op) { return nft::apply(op); }
    void must(const std::string& commands)
    {
        const auto done = run(commands, "somebody");
        ASSERT_TRUE(done) << done.error().what;
    }
    void somebody_adds_a_rule() { must("add rule inet linkspan forward counter"); }
    void somebody_deletes_a_rule()
    {
        // The table was just made, so its first rule has the first handle behind map and chain.
        for (int handle = 2; handle < 20; ++handle)
            if (run("delete rule inet linkspan forward handle " + std::to_string(handle), "somebody")) return;
        FAIL() << "no rule to delete";
    }
    void somebody_adds_a_chain() { must("add chain inet linkspan more"); }
    void somebody_sets(const std::string& link, std::uint16_t mss)
    {
        must("add element inet linkspan mss { \"" + link + "\" : " + std::to_string(mss) + " }");
    }
    void somebody_deletes_the_table() { must("delete table inet linkspan"); }
};

template <typename Backend>
class NftContract : public testing::Test {
protected:
    void SetUp() override
    {
        if (const auto missing = backend.missing(); !missing.empty()) GTEST_SKIP() << "needs " << missing;
    }
    Observed seen()
    {
        auto observed = backend.observe();
        EXPECT_TRUE(observed) << observed.error().what;
        return observed ? *observed : Observed{};
    }
    /// What was done to get there.
    std::vector<Verb> converge(const Spec& want)
    {
        std::vector<Verb> verbs;
        for (const auto& op : plan(want, seen()).ops) {
            const auto done = backend.apply(op);
            EXPECT_TRUE(done) << done.error().what;
            verbs.push_back(op.verb);
        }
        EXPECT_TRUE(plan(want, seen()).ops.empty());
        return verbs;
    }
    Spec plain{.clamp = true};
    Spec mapped{.clamp = true, .mss = {{{"ls-a"}, 1360}, {{"ls-b"}, 1300}}};
    Backend backend;
};

using Backends = testing::Types<FakeKernel, RunningKernel>;
struct Name {
    template <typename T>
    static std::string GetName(int)
    {
        return std::is_same_v<T, FakeKernel> ? "Fake" : "Kernel";
    }
};
TYPED_TEST_SUITE(NftContract, Backends, Name);
using Verbs = std::vector<Verb>;

TYPED_TEST(NftContract, TheTableComesAndGoes)
{
    EXPECT_EQ(this->seen(), Observed{});
    EXPECT_EQ(this->converge(this->mapped), Verbs{Verb::Create});
    EXPECT_EQ(this->seen().mss, this->mapped.mss);
    EXPECT_TRUE(this->seen().shaped);
    EXPECT_EQ(this->converge({}), Verbs{Verb::Delete});
    EXPECT_EQ(this->seen(), Observed{});
}

TYPED_TEST(NftContract, ValuesOfTheMapChangeAlone)
{
    EXPECT_EQ(this->converge(this->plain), Verbs{Verb::Create});
    EXPECT_EQ(this->converge(this->mapped), Verbs{Verb::Update});
    auto other = this->mapped;
    other.mss = {{{"ls-a"}, 1340}, {{"ls-c"}, 1200}};
    EXPECT_EQ(this->converge(other), Verbs{Verb::Update});
    EXPECT_EQ(this->converge(this->plain), Verbs{Verb::Update});
}

TYPED_TEST(NftContract, WhatOthersChangeInItIsUndone)
{
    this->converge(this->mapped);
    this->backend.somebody_adds_a_rule();
    EXPECT_EQ(this->converge(this->mapped), Verbs{Verb::Replace});
    this->backend.somebody_deletes_a_rule();
    EXPECT_EQ(this->converge(this->mapped), Verbs{Verb::Replace});
    this->backend.somebody_adds_a_chain();
    EXPECT_EQ(this->converge(this->mapped), Verbs{Verb::Replace});
    this->backend.somebody_sets("ls-z", 1000);
    EXPECT_EQ(this->converge(this->mapped), Verbs{Verb::Update});
    this->backend.somebody_deletes_the_table();
    EXPECT_EQ(this->converge(this->mapped), Verbs{Verb::Create});
}

TYPED_TEST(NftContract, WhatMayPassBetweenConnectionsIsReadBackAndChanged)
{
    auto some = this->mapped;
    some.transit[{0x1000'000a}] = {.name = {"a"},
                                   .into = {{"b"}},
                                   .from = {.links = {{"ls-a"}}},
                                   .begins = {.links = {{"ls-b"}}, .reqids = {{0x1000'000c}}}};
    some.transit[{0x1000'000b}] = {
        .name = {"b"}, .from = {.links = {{"ls-b"}}, .reqids = {{0x1000'000c}}}, .answers = {.links = {{"ls-a"}}}};
    EXPECT_EQ(this->converge(some), Verbs{Verb::Create});
    auto fewer = some;
    fewer.transit[{0x1000'000a}].begins.reqids.clear();
    EXPECT_EQ(this->converge(fewer), Verbs{Verb::Replace});
    fewer.mss.clear();
    EXPECT_EQ(this->converge(fewer), Verbs{Verb::Update});
    EXPECT_EQ(this->converge(this->plain), Verbs{Verb::Replace});
}

TYPED_TEST(NftContract, WhoseAddressesLinksBringIsReadBackAndChanged)
{
    auto some = this->mapped;
    some.origins = {.pairs = {{{0x1000'000a}, {{"ls-a"}, {"ls-a+backup"}}}},
                    .named = {{"azure0"}},
                    .without_link = {IpPrefix::parse("10.20.0.0/16").value(), IpPrefix::parse("fd00:20::/48").value()}};
    EXPECT_EQ(this->converge(some), Verbs{Verb::Create});
    auto fewer = some;
    fewer.origins.pairs.clear();
    EXPECT_EQ(this->converge(fewer), Verbs{Verb::Replace});
    fewer.mss.clear();
    EXPECT_EQ(this->converge(fewer), Verbs{Verb::Update});
}

TYPED_TEST(NftContract, WhatBelongsInsideATunnelIsReadBackAndChanged)
{
    auto some = this->mapped;
    some.nested[{"hub"}] = {{0x1000'000a},
                            {{"ls-hub"}, {"ls-hub+backup"}},
                            {IpAddress::parse("169.254.21.1").value(), IpAddress::parse("fd99::1").value()}};
    EXPECT_EQ(this->converge(some), Verbs{Verb::Create});
    auto fewer = some;
    fewer.nested.begin()->second.links.erase({"ls-hub+backup"});
    EXPECT_EQ(this->converge(fewer), Verbs{Verb::Replace});
    fewer.mss.clear();
    EXPECT_EQ(this->converge(fewer), Verbs{Verb::Update});
    EXPECT_EQ(this->converge(this->plain), Verbs{Verb::Replace});
}

TYPED_TEST(NftContract, DeletingATableThatIsGoneIsASuccess)
{
    EXPECT_TRUE(this->backend.apply({Verb::Delete, {}, {}}));
    EXPECT_FALSE(this->seen().present);
}

TYPED_TEST(NftContract, CreatingOverATableReplacesIt)
{
    this->converge(this->mapped);
    EXPECT_TRUE(this->backend.apply({Verb::Create, this->plain, {}}));
    EXPECT_TRUE(plan(this->plain, this->seen()).ops.empty());
}

TYPED_TEST(NftContract, AnUpdateOfATableThatIsGoneFails)
{
    EXPECT_FALSE(this->backend.apply({Verb::Update, this->mapped, this->plain}));
}

/// Only a kernel has other tables.
TEST(NftTables, OtherTablesAreLeftAlone)
{
    RunningKernel kernel;
    if (const auto missing = kernel.missing(); !missing.empty()) GTEST_SKIP() << "needs " << missing;
    kernel.must("table inet other {\n chain c {\n type filter hook forward priority 0; policy accept; counter\n }\n}\n"
                "table ip linkspan {\n set s {\n type ipv4_addr; elements = { 192.0.2.1 }\n }\n}\n");
    const auto others = [] {
        return run("list table inet other", "read").value() + run("list table ip linkspan", "read").value();
    };
    const auto before = others();
    const Spec spec{.clamp = true, .mss = {{{"ls-a"}, 1360}}};
    ASSERT_TRUE(kernel.apply({Verb::Create, spec, {}}));
    ASSERT_TRUE(kernel.apply({Verb::Replace, spec, spec}));
    ASSERT_TRUE(kernel.apply({Verb::Delete, spec, {}}));
    EXPECT_EQ(others(), before);
}

} // namespace
} // namespace linkspan::nft
