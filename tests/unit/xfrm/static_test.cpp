#include "tests/fake/static_states.h"
#include "tests/fake/xfrm_samples.h"
#include "xfrm/plan.h"
#include "xfrm/state_codec.h"
#include "xfrm/static_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::xfrm {
namespace {

using fake::static_state;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Want = std::map<StateKey, StateSpec>;

Want wanted(std::initializer_list<StateSpec> specs)
{
    Want want;
    for (const auto& spec : specs) want.emplace(spec.key, spec);
    return want;
}

ObservedState installed(const StateSpec& spec)
{
    netlink::Message message;
    encode_install(spec, message);
    return decode_state(message.header()).value();
}

std::vector<std::pair<Verb, std::uint32_t>> steps(const Plan<StateSpec>& plan)
{
    std::vector<std::pair<Verb, std::uint32_t>> all;
    for (const auto& op : plan.ops) all.emplace_back(op.verb, op.spec.key.spi.value);
    return all;
}
using Steps = std::vector<std::pair<Verb, std::uint32_t>>;

TEST(StaticStates, WhatIsWrittenIsReadBack)
{
    for (const auto& suite : esp_suites())
        for (const bool outbound : {false, true}) {
            auto spec = static_state(0x1001, outbound, suite.name);
            spec.esn = suite.is_aead();
            spec.encapsulated = outbound;
            spec.sequence = 0x1'0000'0007;
            const auto seen = installed(spec);
            EXPECT_TRUE(seen.is_static);
            EXPECT_FALSE(seen.larval);
            EXPECT_EQ(seen.digest, digest_of(suite, spec.keys->reveal()));
            EXPECT_EQ(outbound ? seen.sent : seen.received, spec.sequence);
            EXPECT_EQ(outbound ? seen.received : seen.sent, 0U);
            EXPECT_THAT(plan_static(wanted({spec}), {{seen}}, {}).ops, IsEmpty()) << suite.name;
        }
}

TEST(StaticStates, WithoutAWindowTheShortFormCarriesTheNumber)
{
    auto spec = static_state(0x1001, true);
    spec.replay_window = 0;
    spec.sequence = 77;
    EXPECT_EQ(installed(spec).sent, 77U);
    EXPECT_THAT(plan_static(wanted({spec}), {{installed(spec)}}, {}).ops, IsEmpty());
}

TEST(StaticStates, ComeInboundFirstAndGoOutboundFirst)
{
    const auto old_in = static_state(1, false), old_out = static_state(2, true);
    const auto new_in = static_state(3, false), new_out = static_state(4, true);
    EXPECT_EQ(steps(plan_static(wanted({old_in, old_out}), {}, {})), (Steps{{Verb::Create, 1}, {Verb::Create, 2}}));
    auto before = installed(old_out);
    before.sent = 9;
    const std::vector<ObservedState> have{installed(old_in), before};
    EXPECT_EQ(steps(plan_static(wanted({new_in, new_out}), have, {})),
              (Steps{{Verb::Create, 3}, {Verb::Create, 4}, {Verb::Delete, 2}, {Verb::Delete, 1}}));
}

TEST(StaticStates, WhatStandsIsNeverInstalledAnew)
{
    const auto spec = static_state(1, true);
    auto seen = installed(spec);
    seen.sent = 1'000'000;
    seen.packets = 7;
    EXPECT_THAT(plan_static(wanted({spec}), {{seen}}, {{spec.key, {.sent = 5'000'000}}}).ops, IsEmpty());
}

TEST(StaticStates, WhatIsInstalledAnewGoesOnCounting)
{
    const auto out = static_state(1, true), in = static_state(2, false);
    const KnownCounters known{{out.key, {.sent = 5'000'000}}, {in.key, {.sent = 9, .received = 300}}};
    const auto plan = plan_static(wanted({out, in}), {}, known);
    EXPECT_EQ(plan.ops[0].spec.sequence, 300U);
    EXPECT_EQ(plan.ops[1].spec.sequence, 5'000'000U);
    EXPECT_THAT(detail(plan.ops[1]), HasSubstr("on from sequence number 5000000"));

    auto seen = installed(out);
    seen.sent = 6'000'000;
    auto wider = out;
    wider.replay_window = 256;
    const auto replaced = plan_static(wanted({wider}), {{seen}}, known);
    ASSERT_EQ(steps(replaced), (Steps{{Verb::Replace, 1}}));
    EXPECT_EQ(replaced.ops[0].spec.sequence, 6'000'000 + sequence_margin);
}

TEST(StaticStates, AnotherKeyUnderTheSameSpiReplacesTheSa)
{
    const auto spec = static_state(1, true);
    auto other = spec;
    other.keys = std::make_shared<const Secret>(std::string(20, 'z'));
    EXPECT_EQ(steps(plan_static(wanted({other}), {{installed(spec)}}, {})), (Steps{{Verb::Replace, 1}}));
}

TEST(StaticStates, AnSaOfIkeIsInTheWayAndStays)
{
    const auto spec = static_state(1, true);
    auto theirs = installed(spec);
    theirs.is_static = false;
    const auto plan = plan_static(wanted({spec}), {{theirs}}, {});
    EXPECT_THAT(plan.ops, IsEmpty());
    ASSERT_EQ(plan.conflicts.size(), 1U);
    EXPECT_EQ(plan.conflicts[0].connection, spec.connection);
}

TEST(StaticStates, AreNoStraysOfIke)
{
    auto seen = installed(static_state(1, true));
    EXPECT_THAT(plan_states({{seen}}, {.now = 1'000'000}), IsEmpty());
    seen.is_static = false;
    EXPECT_THAT(plan_states({{seen}}, {.now = 1'000'000}), Not(IsEmpty()));
}

TEST(StaticStates, NoKeyIsSaid)
{
    const Op<StateSpec> op{Verb::Create, static_state(1, true), {}};
    const auto said = describe(op.spec) + detail(op);
    EXPECT_THAT(said, HasSubstr("keys \"first\""));
    EXPECT_THAT(said, Not(HasSubstr(std::string{op.spec.keys->reveal().substr(0, 4)})));
}

} // namespace
} // namespace linkspan::xfrm
