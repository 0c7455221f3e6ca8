#include "nft/egress_codec.h"
#include "nft/egress_plan.h"
#include "nft/egress_render.h"

#include <gmock/gmock.h>

namespace linkspan::nft {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Egress gateway()
{
    return {.uplink = {"wan0"},
            .inside = {{"lan0"}},
            .sources = {*IpPrefix::parse("10.1.0.0/24")},
            .open = {{*IpPrefix::parse("10.1.0.0/24"), false}},
            .resolvers = {*IpAddress::parse("9.9.9.9")},
            .tags = {{"web",
                      {{*IpPrefix::parse("10.1.0.0/24")},
                       {{EgressRule::parse("192.0.2.0/24:443/tcp")->service, {*IpPrefix::parse("192.0.2.0/24")}}},
                       {}}}},
            .classes = {{.name = "abc", .tcp = {{443, 443}}}},
            .names = NameCheck::Require,
            .masquerade = true};
}

/// What the kernel shows of a table that was made of it.
EgressTable seen(const Egress& egress)
{
    auto table = table_of(egress);
    table.script.reset();
    return table;
}

const EgressChain& chain(const EgressTable& table, const std::string& name)
{
    return *std::ranges::find(*table.script, name, &EgressChain::name);
}

TEST(EgressTable, IsThereOnlyWhereSomebodyIsJudged)
{
    EXPECT_FALSE(table_of({}).present);
    EXPECT_TRUE(plan({}, {}).ops.empty());
    EXPECT_EQ(plan({}, seen(gateway())).ops.front().verb, Verb::Delete);
    EXPECT_EQ(plan(gateway(), {}).ops.front().verb, Verb::Create);
    EXPECT_TRUE(plan(gateway(), seen(gateway())).ops.empty());
}

TEST(EgressTable, WhatNoRuleIsAboutIsRefused)
{
    EXPECT_EQ(chain(table_of(gateway()), "egress").rules.back(), "goto refused");
}

TEST(EgressTable, AFewWordsOfTheFileAreFewRules)
{
    auto egress = gateway();
    EXPECT_THAT(chain(table_of(egress), "named").rules, Contains("udp dport 443 goto refused"));
    egress.names = NameCheck::IfPresent;
    EXPECT_THAT(chain(table_of(egress), "named").rules, Not(Contains("udp dport 443 goto refused")));
    egress.discover = true;
    EXPECT_EQ(chain(table_of(egress), "egress").rules.back(), "accept");
}

TEST(EgressPlan, OneNetworkMoreIsItsElementsOnly)
{
    auto wider = gateway();
    wider.tags.begin()->second.allow.begin()->second.push_back(*IpPrefix::parse("198.51.100.0/24"));
    const auto planned = plan(wider, seen(gateway()));
    ASSERT_EQ(planned.ops.size(), 1U);
    const auto changes = changes_between(*planned.ops[0].before, planned.ops[0].spec);
    EXPECT_FALSE(changes.chains);
    EXPECT_EQ(changes.fresh_ranges.size(), 1U);
    EXPECT_TRUE(changes.gone_ranges.empty() && changes.fresh_sets.empty() && changes.gone_sets.empty());
    EXPECT_EQ(render_sets(planned.ops[0].spec, changes) + render_chains(planned.ops[0].spec, changes) +
                  render_gone(changes),
              "");
    EXPECT_EQ(detail(planned.ops[0]), "1 networks more");
}

TEST(EgressPlan, AnotherClassKeepsTheSetsOfTheOthers)
{
    auto more = gateway();
    more.classes.push_back({.name = "def", .udp = {{123, 123}}});
    const auto changes = changes_between(seen(gateway()), table_of(more));
    EXPECT_EQ(changes.fresh_pin_sets, (std::set<std::string>{"pins_def_4", "pins_def_6"}));
    EXPECT_THAT(changes.gone_sets, IsEmpty());
    const auto text = render_chains(table_of(more), changes);
    EXPECT_THAT(text, AllOf(HasSubstr("flush chain inet linkspan_egress egress\n"), Not(HasSubstr("flush set")),
                            Not(HasSubstr("delete table"))));
    EXPECT_THAT(render_sets(table_of(more), changes),
                HasSubstr("pins_def_4 { type ipv4_addr . ipv4_addr; flags timeout; size"));
}

TEST(EgressPlan, ARuleThatSomebodyDeletedIsPutBack)
{
    auto table = seen(gateway());
    table.shape.pop_back();
    EXPECT_EQ(plan(gateway(), table).ops.front().verb, Verb::Update);
}

TEST(EgressCodec, IntervalsAreReadFromTheirEdges)
{
    const auto at = [](const char* text) { return *IpAddress::parse(text); };
    EXPECT_EQ(ranges_between(
                  {{at("10.2.0.0"), false}, {at("10.2.0.0"), true}, {at("10.1.0.0"), false}, {at("0.0.0.0"), true}},
                  Family::V4),
              (Ranges{{at("10.1.0.0"), at("10.1.255.255")}, {at("10.2.0.0"), at("255.255.255.255")}}));
}

} // namespace
} // namespace linkspan::nft
