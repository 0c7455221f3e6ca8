#include "route/describe.h"
#include "route/plan.h"
#include "route/rule_codec.h"

#include "netlink/attributes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace linkspan::route {
namespace {

using testing::ElementsAre;

constexpr RuleSpec backup4{Family::V4, Path::Backup}, primary6{Family::V6, Path::Primary};

TEST(RuleCodec, ReadsBackWhatItWrites)
{
    for (const auto family : {Family::V4, Family::V6})
        for (const auto path : both_paths) {
            netlink::Message m;
            encode_create(m, {family, path});
            const auto raw = decode_rule(m.header());
            ASSERT_TRUE(raw);
            EXPECT_EQ(raw->spec, (RuleSpec{family, path}));
            EXPECT_TRUE(raw->whole);
        }
}

TEST(RuleCodec, ARuleThatSomebodyNarrowedIsNotWhole)
{
    netlink::Message m;
    encode_create(m, backup4);
    m.text(FRA_IIFNAME, "lan0");
    EXPECT_FALSE(decode_rule(m.header())->whole);
}

TEST(RuleCodec, WithoutOurProtocolItIsSomebodyElses)
{
    netlink::Message m{RTM_NEWRULE, 0};
    auto& body = m.body<fib_rule_hdr>();
    body.family = AF_INET;
    body.action = FR_ACT_TO_TBL;
    m.pod(FRA_TABLE, path_table(Path::Backup));
    EXPECT_FALSE(decode_rule(m.header()));
}

TEST(RulePlan, MakesWhatIsMissingAndTakesWhatIsLeft)
{
    const RuleSpec want[] = {backup4};
    Observed have;
    have.own_rules = {primary6};
    EXPECT_THAT(plan(want, have).ops,
                ElementsAre(Op<RuleSpec>{Verb::Create, backup4, {}}, Op<RuleSpec>{Verb::Delete, primary6, {}}));
    EXPECT_EQ(describe(backup4), "rule IPv4 fwmark 0x02000000/0x07000000 lookup 10802");
}

} // namespace
} // namespace linkspan::route
