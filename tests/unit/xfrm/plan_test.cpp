#include "xfrm/plan.h"

#include "tests/fake/xfrm_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace linkspan::xfrm {

namespace {

using fake::Connection;
using testing::ElementsAre;
using testing::IsEmpty;
using Want = std::map<PolicyKey, PolicySpec>;

ObservedPolicy as_observed(const PolicySpec& spec)
{
    const bool block = spec.key.role == Role::Block;
    return {.key = spec.key,
            .protect = spec.protect,
            .priority = priority_of(spec.key),
            .action = block ? Action::Block : Action::Allow,
            .ours = true};
}

Policies as_observed(const Want& want)
{
    Policies policies;
    for (const auto& [key, spec] : want) policies.push_back(as_observed(spec));
    return policies;
}

/// What the kernel holds after all ops were done.
Policies after(const std::vector<Op<PolicySpec>>& ops, Policies policies)
{
    for (const auto& op : ops) {
        std::erase_if(policies, [&](const ObservedPolicy& p) { return p.key == op.spec.key; });
        if (op.verb != Verb::Delete) policies.push_back(as_observed(op.spec));
    }
    std::ranges::sort(policies, {}, &ObservedPolicy::key);
    return policies;
}

/// "create block out" and the like.
std::vector<std::string> steps(const Plan<PolicySpec>& plan)
{
    std::vector<std::string> text;
    for (const auto& op : plan.ops)
        text.push_back(std::string{op.verb == Verb::Create   ? "create"
                                   : op.verb == Verb::Update ? "update"
                                                             : "delete"} +
                       (op.spec.key.role == Role::Block ? " block" : " protect"));
    return text;
}

TEST(PolicyPlan, OfWhatStandsIsEmpty)
{
    const auto want = Connection{}.all();
    EXPECT_EQ(plan(want, as_observed(want)), Plan<PolicySpec>{});
    EXPECT_EQ(plan({}, {}), Plan<PolicySpec>{});
}

TEST(PolicyPlan, BlocksComeFirstAndGoLast)
{
    const auto old = Connection{.id = 0x1000'0001}.all(), fresh = Connection{.id = 0x1000'0002}.all();
    EXPECT_THAT(steps(plan(fresh, as_observed(old))),
                ElementsAre("create block", "create protect", "create protect", "create protect", "delete protect",
                            "delete protect", "delete protect", "delete block"));
}

TEST(PolicyPlan, AnotherTemplateIsAnUpdateInPlace)
{
    Connection connection;
    const auto have = as_observed(connection.all());
    connection.peer = fake::address("198.51.100.99");
    const auto want = connection.all();
    const auto steps_to_do = plan(want, have);
    ASSERT_EQ(steps_to_do.ops.size(), 3);
    for (const auto& op : steps_to_do.ops) {
        EXPECT_EQ(op.verb, Verb::Update);
        EXPECT_EQ(op.spec, want.at(op.spec.key)) << "with the connection's name";
        EXPECT_EQ(op.before->protect, find(have, op.spec.key)->protect);
    }
}

TEST(PolicyPlan, DriftIsUpdated)
{
    const auto want = Connection{}.all();
    auto have = as_observed(want);
    have[2].drifted = true;
    EXPECT_THAT(plan(want, have).ops, ElementsAre(Op<PolicySpec>{Verb::Update, want.at(have[2].key), have[2].spec()}));
}

TEST(PolicyPlan, AForeignPolicyInOurPlaceIsAConflictWithItsName)
{
    const auto spec = Connection{}.out();
    auto stranger = as_observed(spec);
    stranger.ours = false;
    stranger.priority = 1000;
    stranger.protect->reqid = {7};
    EXPECT_EQ(plan({{spec.key, spec}}, {stranger}).conflicts,
              (std::vector{Conflict{{"sample"},
                                    "policy out 0.0.0.0/0 -> 0.0.0.0/0 if_id 0x1234abcd",
                                    "an allow policy with priority 1000, reqid 7 that linkspan did not make"}}));
    EXPECT_THAT(plan({{spec.key, spec}}, {stranger}).ops, IsEmpty());
    EXPECT_EQ(plan({}, {stranger}), Plan<PolicySpec>{}) << "and is nothing to delete";
}

TEST(PolicyPlan, ConvergesFromAnywhereAndNeverTouchesOthers)
{
    std::mt19937 random{2026};
    for (int round = 0; round < 2000; ++round) {
        Want want, held;
        for (unsigned i = random() % 4; i > 0; --i) want.merge(fake::any_connection(random).all());
        for (unsigned i = random() % 4; i > 0; --i) held.merge(fake::any_connection(random).all());
        auto have = as_observed(held);
        for (auto& policy : have) {
            policy.drifted = random() % 8 == 0;
            policy.ours = random() % 8 != 0;
        }
        const auto first = plan(want, have);
        for (const auto& op : first.ops) {
            const auto* there = find(have, op.spec.key);
            ASSERT_EQ(op.verb == Verb::Create, there == nullptr);
            ASSERT_TRUE(!there || there->ours);
        }
        const auto second = plan(want, after(first.ops, have));
        ASSERT_THAT(second.ops, IsEmpty());
        ASSERT_EQ(second.conflicts, first.conflicts);
    }
}

constexpr std::uint64_t now = 1'790'000'000;

ObservedState state(std::uint32_t spi, std::uint32_t reqid = 0x1000'0001)
{
    return {.key = {fake::address("198.51.100.7"), Spi{spi}}, .reqid = {reqid}, .added = now - 3600};
}

TEST(StatePlan, DeletesWhatNobodyKnowsBesideAnInstalledChild)
{
    const std::vector have{state(1), state(2)};
    const StateFacts facts{
        .known = {have[0].key}, .configured = {have[0].reqid}, .established = {have[0].reqid}, .now = now};
    EXPECT_THAT(plan_states(have, facts), ElementsAre(have[1]));
}

TEST(StatePlan, LeavesAConnectionsOnlyStates)
{
    const std::vector have{state(1)};
    EXPECT_THAT(plan_states(have, {.configured = {have[0].reqid}, .now = now}), IsEmpty());
}

TEST(StatePlan, DeletesThoseOfAConnectionThatIsNoMore)
{
    const std::vector have{state(1), state(2)};
    EXPECT_THAT(plan_states(have, {.known = {have[1].key}, .now = now}), ElementsAre(have[0]))
        << "what charon still has, charon ends";
}

TEST(StatePlan, DeletesAtOnceThoseOfAConnectionThatIsToCarryNothing)
{
    std::vector have{state(1), state(2)};
    have[0].added = now;
    const StateFacts facts{.known = {have[1].key}, .configured = {have[0].reqid}, .ended = {have[0].reqid}, .now = now};
    EXPECT_THAT(plan_states(have, facts), ElementsAre(have[0])) << "what charon still has, charon ends";
}

TEST(StatePlan, LeavesFreshAndLarvalOnes)
{
    std::vector have{state(1), state(2), state(3)};
    have[0].larval = true;
    have[1].added = now - state_grace + 1;
    have[2].added = now + 1000; // the clock was set back
    EXPECT_THAT(plan_states(have, {.now = now}), IsEmpty());
    have[1].added = now - state_grace;
    EXPECT_THAT(plan_states(have, {.now = now}), ElementsAre(have[1]));
}

} // namespace

} // namespace linkspan::xfrm
