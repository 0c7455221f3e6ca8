#include "nft/context.h"
#include "nft/observe.h"
#include "nft/rules_apply.h"
#include "nft/rules_plan.h"
#include "nft/rules_render.h"
#include "tests/netns/own_namespace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::nft {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

IpPrefix net(const char* text)
{
    return IpPrefix::parse(text).value();
}

AddressRange range(const char* text)
{
    return AddressRange::parse(text).value();
}

/// A rule of every kind.
std::vector<MappingRule> every_kind()
{
    return {
        {.exclude = true, .source = {net("10.1.0.5/32")}},
        {.exclude = true, .protocol = 1},
        {.source = {net("10.1.0.0/24"), net("10.1.2.0/24")}, .source_to = range("100.64.0.1")},
        {.source = {net("10.1.4.0/24")},
         .destination = {net("10.20.0.0/16"), net("10.30.0.0/16")},
         .source_to = range("100.64.4.0/24")},
        {.source_to = range("100.64.0.2-100.64.0.9")},
        {.destination = {net("172.16.0.0/24")}, .destination_to = range("10.20.5.0/24")},
        {.destination = {net("172.16.1.1/32")},
         .protocol = 6,
         .port_first = 80,
         .port_last = 80,
         .source_to = range("100.64.0.1"),
         .destination_to = range("10.20.0.8"),
         .port_to = 8080},
        {.source = {net("fd00:1::/64")}, .source_to = range("fd64::1")},
        {.from_here = false,
         .destination = {net("100.64.0.2/32")},
         .protocol = 6,
         .port_first = 443,
         .port_last = 443,
         .destination_to = range("10.1.0.80"),
         .port_to = 8443},
        {.from_here = false,
         .destination = {net("100.64.0.3/32")},
         .protocol = 17,
         .port_first = 5000,
         .port_last = 5100,
         .destination_to = range("10.1.0.81-10.1.0.84")},
        {.from_here = false, .source = {net("10.20.0.0/16")}, .source_to = range("10.1.0.1")},
        {.from_here = false,
         .destination = {net("fd64::2/128")},
         .protocol = 6,
         .port_first = 22,
         .port_last = 22,
         .destination_to = range("fd00:1::80"),
         .port_to = 2222},
    };
}

RuleSet set(const char* name, const char* link, const char* remote, std::vector<MappingRule> rules)
{
    return {.name = {name},
            .ends = {.links = {{link}}, .reqids = {}},
            .remote = {net(remote)},
            .unknown_there = {},
            .rules = std::move(rules)};
}

Rules whole()
{
    auto a = set("a", "ls-a", "10.20.0.0/16", every_kind());
    a.remote = {net("10.20.0.0/16"), net("10.20.1.0/24"), net("10.30.0.0/16"), net("10.31.0.7/32"),
                net("fd00:20::/48")};
    auto b = set("b.1", "ls-b", "10.40.0.0/16", {{.source = {net("10.1.0.0/16")}, .source_to = range("100.64.0.1")}});
    b.ends = {.links = {}, .reqids = {{0x1000'0002}, {0x2000'0002}}};
    b.unknown_there = {net("10.1.0.0/16")};
    return {.sets = {{{0x1000'0001}, a}, {{0x1000'0002}, b}}, .keeps = {{"ls-c"}}};
}

class RulesOfTheKernel : public testing::Test {
protected:
    void SetUp() override
    {
        if (const auto missing = test::enter_own_namespace(); !missing.empty()) GTEST_SKIP() << "needs " << missing;
        if (!run("add table inet p\nadd chain inet p c\nadd rule inet p c ipsec in reqid 1\ndelete table inet p",
                 "probe"))
            GTEST_SKIP() << "needs nft_xfrm";
    }
    RulesTable seen()
    {
        auto observed = observe_rules();
        EXPECT_TRUE(observed) << observed.error().what;
        return observed ? *observed : RulesTable{};
    }
    std::vector<Verb> converge(const Rules& want)
    {
        std::vector<Verb> verbs;
        for (const auto& op : plan(want, seen()).ops) {
            const auto done = apply(op);
            EXPECT_TRUE(done) << done.error().what;
            verbs.push_back(op.verb);
        }
        EXPECT_TRUE(plan(want, seen()).ops.empty()) << detail(plan(want, seen()).ops.front());
        return verbs;
    }
    static std::string listed(const std::string& what)
    {
        const auto shown = run(what, "list");
        return shown ? *shown : shown.error().what;
    }
};

TEST_F(RulesOfTheKernel, WhatIsWrittenIsReadBack)
{
    EXPECT_THAT(converge(whole()), ElementsAre(Verb::Create));
    EXPECT_EQ(seen(), table_of(whole()));
    EXPECT_THAT(converge({}), ElementsAre(Verb::Delete));
    EXPECT_THAT(converge({}), ElementsAre());
}

TEST_F(RulesOfTheKernel, AConnectionChangedLeavesTheOthersRulesAsTheyAre)
{
    converge(whole());
    const auto other = listed("list chain inet linkspan_rules source_10000002"); // with handles
    auto changed = whole();
    changed.sets.at({0x1000'0001}).rules.pop_back();
    changed.sets.at({0x1000'0001}).remote.pop_back();
    EXPECT_THAT(converge(changed), ElementsAre(Verb::Update));
    EXPECT_EQ(listed("list chain inet linkspan_rules source_10000002"), other);
    changed.sets.erase({0x1000'0001});
    EXPECT_THAT(converge(changed), ElementsAre(Verb::Update));
    EXPECT_EQ(listed("list chain inet linkspan_rules source_10000002"), other);
    EXPECT_THAT(converge(whole()), ElementsAre(Verb::Update));
    EXPECT_EQ(listed("list chain inet linkspan_rules source_10000002"), other);
}

TEST_F(RulesOfTheKernel, WhatSomebodyChangesIsPutRight)
{
    converge(whole());
    const auto somebody = [&](const std::string& commands, Verb verb) {
        ASSERT_TRUE(run(commands, "somebody")) << commands;
        EXPECT_THAT(converge(whole()), ElementsAre(verb)) << commands;
    };
    somebody("add rule inet linkspan_rules source_10000001 accept", Verb::Update);
    somebody("flush chain inet linkspan_rules leaving_10000002", Verb::Update);
    somebody("delete element inet linkspan_rules leaving4 { 10.40.0.0/16 }\ndelete element inet linkspan_rules remote4 "
             "{ 10.40.0.0/16 }",
             Verb::Update);
    somebody("delete element inet linkspan_rules keeps { \"ls-c\" }", Verb::Update);
    somebody("delete element inet linkspan_rules remote4 { 10.40.0.0/16 }", Verb::Replace);
    somebody("flush chain inet linkspan_rules postrouting", Verb::Replace);
    somebody("add chain inet linkspan_rules more { type filter hook input priority 0; }", Verb::Replace);
    somebody("delete table inet linkspan_rules", Verb::Create);
}

/// As after a kill between the transaction and the end of the sessions.
TEST_F(RulesOfTheKernel, AnInterruptedStepIsFinished)
{
    converge(whole());
    auto changed = whole();
    changed.sets.erase({0x1000'0002});
    const auto planned = plan(changed, seen());
    ASSERT_TRUE(run(render(planned.ops.front()), "the transaction alone"));
    EXPECT_THAT(seen().ending, ElementsAre(net("10.40.0.0/16")));
    EXPECT_EQ(detail(plan(changed, seen()).ops.front()), "sessions of rules that are gone");
    EXPECT_THAT(converge(changed), ElementsAre(Verb::Update));
}

} // namespace
} // namespace linkspan::nft
