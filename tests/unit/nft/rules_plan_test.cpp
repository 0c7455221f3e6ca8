#include "nft/rules_plan.h"
#include "nft/rules_render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::nft {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

IpPrefix net(const std::string& text)
{
    return IpPrefix::parse(text).value();
}

Rules many(std::uint32_t count)
{
    Rules rules;
    for (std::uint32_t i = 1; i <= count; ++i) {
        const auto number = std::to_string(i);
        rules.sets[{0x1000'0000 + i}] = {.name = {"c" + number},
                                         .ends = {.links = {{"ls-" + number}}, .reqids = {}},
                                         .remote = {net("10." + number + ".0.0/16")},
                                         .unknown_there = {},
                                         .rules = {{.source_to = AddressRange::parse("100.64.0.1").value()}}};
    }
    return rules;
}

TEST(RulesPlan, OneConnectionChangedIsItsChainsAlone)
{
    const auto before = table_of(many(100));
    auto want = many(100);
    want.sets.at({0x1000'0007}).rules.front().source_to = AddressRange::parse("100.64.0.2").value();
    const auto planned = plan(want, before);
    ASSERT_THAT(planned.ops, SizeIs(1));
    EXPECT_EQ(planned.ops[0].verb, Verb::Update);
    EXPECT_EQ(detail(planned.ops[0]), "rules of c7");
    EXPECT_THAT(ending_of(planned.ops[0]), ElementsAre(net("10.7.0.0/16")));
    const auto text = render(planned.ops[0]);
    EXPECT_THAT(text, HasSubstr("flush chain inet linkspan_rules source_10000007"));
    EXPECT_THAT(text, HasSubstr("snat ip to 100.64.0.2"));
    EXPECT_THAT(text, Not(HasSubstr("10000008")));
    EXPECT_THAT(text, Not(HasSubstr("leaving_10000007"))) << "the gate is the same";
}

TEST(RulesPlan, AConnectionThatGoesTakesNoOthersSessions)
{
    auto want = many(100);
    want.sets.erase({0x1000'0009});
    const auto planned = plan(want, table_of(many(100)));
    ASSERT_THAT(planned.ops, SizeIs(1));
    EXPECT_EQ(detail(planned.ops[0]), "rules of a connection that is gone, 10000009");
    EXPECT_THAT(ending_of(planned.ops[0]), ElementsAre(net("10.9.0.0/16")));
    EXPECT_THAT(render(planned.ops[0]), HasSubstr("delete chain inet linkspan_rules source_10000009"));
    EXPECT_THAT(plan({}, table_of(many(2))).ops.front().verb, Verb::Delete);
    EXPECT_THAT(ending_of(plan({}, table_of(many(2))).ops.front()),
                ElementsAre(net("10.1.0.0/16"), net("10.2.0.0/16")));
}

TEST(RulesPlan, AnotherLinkOfABackupEndsNothingByItself)
{
    auto want = many(2);
    want.sets.at({0x1000'0001}).ends.links.insert({"ls-backup"});
    const auto text = render(plan(want, table_of(many(2))).ops.front());
    EXPECT_THAT(text, HasSubstr("flush chain inet linkspan_rules leaving_10000001"));
    EXPECT_THAT(text, Not(HasSubstr("flush chain inet linkspan_rules source_10000001")));
}

TEST(RulesPlan, NothingIsLeftOfAPlanThatWasApplied)
{
    EXPECT_THAT(plan({}, {}).ops, IsEmpty());
    EXPECT_THAT(plan(many(3), table_of(many(3))).ops, IsEmpty());
    auto interrupted = table_of(many(3));
    interrupted.ending = {net("10.9.0.0/16")};
    const auto planned = plan(many(3), interrupted);
    ASSERT_THAT(planned.ops, SizeIs(1));
    EXPECT_THAT(ending_of(planned.ops[0]), ElementsAre(net("10.9.0.0/16")));
    auto altered = table_of(many(3));
    altered.framed = false;
    EXPECT_EQ(plan(many(3), altered).ops.front().verb, Verb::Replace);
}

} // namespace
} // namespace linkspan::nft
