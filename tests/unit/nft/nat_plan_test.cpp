#include "nft/nat_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace linkspan::nft {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

Mouth mouth(const std::string& name, const std::string& net)
{
    return {name, {{IpPrefix::parse("10.1.0.0/16").value(), IpPrefix::parse(net).value()}}, {}};
}

TEST(NatPlan, OneConnectionChangedIsItsElementsAlone)
{
    Nat nat;
    for (std::uint32_t i = 1; i <= 100; ++i)
        nat.mouths[{0x1000'0000 + i}] = mouth("c" + std::to_string(i), "100." + std::to_string(i) + ".0.0/16");
    const auto before = table_of(nat);
    nat.mouths[{0x1000'0007}] = mouth("c7", "100.200.0.0/16");
    const auto planned = plan(nat, before);
    ASSERT_THAT(planned.ops, SizeIs(1));
    EXPECT_EQ(planned.ops[0].verb, Verb::Update);
    EXPECT_EQ(detail(planned.ops[0]), "elements of c7: 2 more, 2 less");
    const auto changes = changes_between(before, planned.ops[0].spec);
    EXPECT_THAT(changes.gone, SizeIs(2));
    EXPECT_THAT(changes.fresh, SizeIs(2));
    EXPECT_THAT(changes.objects_gone, IsEmpty());
    EXPECT_THAT(changes.counted, IsEmpty());
}

TEST(NatPlan, SaysWhatItDoes)
{
    const Nat one{{{{0x1000'0001}, mouth("a", "100.64.0.0/16")}}};
    const auto create = plan(one, {}).ops.front();
    EXPECT_EQ(create.verb, Verb::Create);
    EXPECT_EQ(detail(create), "a: 2 elements");
    EXPECT_EQ(describe(create.spec), "table inet linkspan_nat");
    auto altered = table_of(one);
    altered.shape.emplace_back("rule in4: ");
    EXPECT_EQ(detail(plan(one, altered).ops.front()), "its rules differ; a: 2 elements");
    EXPECT_EQ(plan({}, altered).ops.front().verb, Verb::Delete);
    auto uncounted = table_of(one);
    uncounted.counters.clear();
    EXPECT_EQ(detail(plan(one, uncounted).ops.front()), "its counters differ");
}

TEST(NatPlan, NothingIsLeftOfAPlanThatWasApplied)
{
    std::mt19937 random{11};
    NatTable have;
    for (int round = 0; round < 200; ++round) {
        Nat want;
        for (std::uint32_t i = 1; i < 6; ++i)
            if (random() % 2) want.mouths[{i}] = mouth("c" + std::to_string(i), "100.64.0.0/16");
        const auto planned = plan(want, have);
        EXPECT_LE(planned.ops.size(), 1u);
        for (const auto& op : planned.ops) have = op.verb == Verb::Delete ? NatTable{} : op.spec;
        EXPECT_THAT(plan(want, have).ops, IsEmpty());
    }
}

} // namespace
} // namespace linkspan::nft
