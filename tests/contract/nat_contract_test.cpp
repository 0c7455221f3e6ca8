#include "nft/context.h"
#include "nft/nat_apply.h"
#include "nft/nat_observe.h"
#include "nft/nat_plan.h"
#include "tests/fake/nat.h"
#include "tests/netns/own_namespace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/netlink.h>

namespace linkspan::nft {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct FakeKernel {
    fake::Nat kernel = {};
    std::string missing() { return {}; }
    Result<NatTable> observe() { return kernel.observe(); }
    Result<> apply(const Op<NatTable>& op) { return kernel.apply(op); }
    void somebody_adds_a_rule() { kernel.table.shape.emplace_back("rule in4: "); }
    void somebody_deletes_a_map_s_element()
    {
        auto elements = *kernel.table.elements;
        elements.erase(elements.begin());
        kernel.table.elements = std::make_shared<const Elements>(elements);
    }
    void somebody_deletes_the_table() { kernel.table = {}; }
};

struct RunningKernel {
    std::string missing()
    {
        if (auto missing = test::enter_own_namespace(); !missing.empty()) return missing;
        auto opened = netlink::Socket::open(NETLINK_NETFILTER);
        if (!opened) return "nfnetlink";
        socket.emplace(std::move(*opened));
        const auto probe = run(
            "add table inet p\nadd chain inet p c\nadd rule inet p c ipsec in reqid 1\ndelete table inet p", "probe");
        return probe ? "" : "nft_xfrm";
    }
    std::optional<netlink::Socket> socket = {};
    Result<NatTable> observe() { return observe_nat(*socket); }
    Result<> apply(const Op<NatTable>& op) { return nft::apply(*socket, op); }
    static void must(const std::string& commands)
    {
        const auto done = run(commands, "somebody");
        ASSERT_TRUE(done) << done.error().what;
    }
    void somebody_adds_a_rule() { must("add rule inet linkspan_nat in4 counter"); }
    void somebody_deletes_a_map_s_element()
    {
        must("delete element inet linkspan_nat in4_daddr_16 { 0x10000001 . 100.64.0.0 }");
    }
    void somebody_deletes_the_table() { must("delete table inet linkspan_nat"); }
};

template <typename Backend>
class NatContract : public testing::Test {
protected:
    void SetUp() override
    {
        if (const auto missing = backend.missing(); !missing.empty()) GTEST_SKIP() << "needs " << missing;
    }
    NatTable seen()
    {
        auto observed = backend.observe();
        EXPECT_TRUE(observed) << observed.error().what;
        return observed ? *observed : NatTable{};
    }
    /// What was done to get there.
    std::vector<Verb> converge(const Nat& want)
    {
        std::vector<Verb> verbs;
        for (const auto& op : plan(want, seen()).ops) {
            const auto done = backend.apply(op);
            EXPECT_TRUE(done) << done.error().what;
            verbs.push_back(op.verb);
        }
        const auto left = plan(want, seen());
        EXPECT_TRUE(left.ops.empty()) << detail(left.ops.front());
        EXPECT_EQ(seen(), table_of(want));
        return verbs;
    }
    Backend backend = {};
};

using Backends = testing::Types<FakeKernel, RunningKernel>;
TYPED_TEST_SUITE(NatContract, Backends);

Mapping mapping(const char* inside, const char* outside)
{
    return {IpPrefix::parse(inside).value(), IpPrefix::parse(outside).value()};
}

const Mouth first{"first", {mapping("10.1.0.0/16", "100.64.0.0/16")}, {mapping("100.65.4.0/22", "10.1.8.0/22")}};
const Mouth other{"other", {mapping("10.1.0.0/16", "100.64.0.0/16")}, {mapping("100.66.4.0/22", "10.1.8.0/22")}};
const Mouth both{"both",
                 {mapping("fd00:1::/48", "fd64::/48"), mapping("192.0.2.7/32", "100.99.0.1/32")},
                 {mapping("fd65::/57", "fd00:1::/57"), mapping("100.80.0.0/12", "10.16.0.0/12")},
                 {"ls-both"}};
const Nat one{{{{0x1000'0001}, first}}}, two{{{{0x1000'0001}, first}, {{0x1000'0002}, other}}};

TYPED_TEST(NatContract, WhatIsWrittenIsReadBack)
{
    EXPECT_THAT(this->converge(Nat{{{{0x1000'0001}, first}, {{0x1000'0003}, both}}}), ElementsAre(Verb::Create));
    EXPECT_THAT(this->converge({}), ElementsAre(Verb::Delete));
    EXPECT_THAT(this->converge({}), ElementsAre());
}

TYPED_TEST(NatContract, AConnectionMoreOrLessIsItsElementsOnly)
{
    EXPECT_THAT(this->converge(one), ElementsAre(Verb::Create));
    EXPECT_THAT(this->converge(two), ElementsAre(Verb::Update));
    EXPECT_THAT(this->converge(one), ElementsAre(Verb::Update));
    auto moved = one;
    moved.mouths.begin()->second.local.front().outside = IpPrefix::parse("100.70.0.0/16").value();
    EXPECT_THAT(this->converge(moved), ElementsAre(Verb::Update));
}

TYPED_TEST(NatContract, AnotherLengthNeedsAnotherTable)
{
    EXPECT_THAT(this->converge(one), ElementsAre(Verb::Create));
    EXPECT_THAT(this->converge(Nat{{{{0x1000'0003}, both}}}), ElementsAre(Verb::Replace));
}

TYPED_TEST(NatContract, WhatSomebodyChangesIsPutRight)
{
    this->converge(two);
    this->backend.somebody_adds_a_rule();
    EXPECT_THAT(this->converge(two), ElementsAre(Verb::Replace));
    this->backend.somebody_deletes_a_map_s_element();
    EXPECT_THAT(this->converge(two), ElementsAre(Verb::Update));
    this->backend.somebody_deletes_the_table();
    EXPECT_THAT(this->converge(two), ElementsAre(Verb::Create));
}

TYPED_TEST(NatContract, DeletingATableThatIsGoneIsASuccess)
{
    this->converge(one);
    const auto planned = plan({}, this->seen());
    ASSERT_EQ(planned.ops.size(), 1u);
    this->backend.somebody_deletes_the_table();
    EXPECT_TRUE(this->backend.apply(planned.ops.front()));
}

/// For people: every version of nft shows what it does not know how to write.
TEST(NatOfTheKernel, IsShownByNft)
{
    RunningKernel kernel;
    if (const auto missing = kernel.missing(); !missing.empty()) GTEST_SKIP() << "needs " << missing;
    const Op<NatTable> create{Verb::Create, table_of(Nat{{{{0x1000'0001}, first}, {{0x1000'0003}, both}}}), {}};
    ASSERT_TRUE(kernel.apply(create));
    const auto shown = run("list table inet linkspan_nat", "list");
    ASSERT_TRUE(shown) << shown.error().what;
    EXPECT_THAT(*shown, HasSubstr("in-first"));
    if (std::getenv("SHOW")) puts(shown->c_str()), system("nft list table inet linkspan_nat");
}

} // namespace
} // namespace linkspan::nft
