#include "nft/paths_decode.h"
#include "nft/paths_plan.h"
#include "nft/paths_render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::nft {
namespace {

using testing::HasSubstr;
using testing::Not;

Paths links()
{
    return {{{Path::Primary, {.links = {{"ls-a"}}}}, {Path::Backup, {.links = {{"ls-a+b"}}}}}};
}

Paths sas()
{
    return {{{Path::Primary, {.sas = {{0x1000'0001}}}}, {Path::Backup, {.sas = {{0x1000'0002}}}}}};
}

ObservedPaths made_of(const Paths& paths)
{
    ObservedPaths observed{.present = true, .shaped = true};
    for (const auto& rule : rules(paths)) observed.rules.push_back(rule.comment);
    return observed;
}

std::string text_of(const Paths& paths)
{
    return render({Verb::Create, paths, {}});
}

TEST(PathsRender, NotesWhereQuestionsComeFromAndMarksAnswersThatWouldLeaveByTheOther)
{
    const auto text = text_of(links());
    EXPECT_THAT(text, HasSubstr("iifname { \"ls-a+b\" } ct direction original delete @by_primary_link { ct id } "
                                "update @by_backup_link { ct id }"));
    EXPECT_THAT(text, HasSubstr("ct direction reply ct id @by_backup_link fib daddr oifname { \"ls-a\" } "
                                "meta mark set meta mark & 0xf8ffffff | 0x02000000"));
    EXPECT_THAT(text, HasSubstr("ct direction reply ct id @by_primary_link oifname { \"ls-a+b\" } "
                                "meta mark set meta mark & 0xf8ffffff | 0x01000000"));
    EXPECT_THAT(text, Not(HasSubstr("ipsec")));
}

TEST(PathsRender, InPolicyModeThePacketsOfEitherTunnelAreMarkedForTheirPolicies)
{
    const auto text = text_of(sas());
    EXPECT_THAT(text, HasSubstr("ipsec in reqid { 268435457 } meta mark set meta mark & 0xf8ffffff | 0x03000000"));
    EXPECT_THAT(text,
                HasSubstr("ct direction reply ct id @by_backup_sa meta mark set meta mark & 0xf8ffffff | 0x04000000"));
    EXPECT_THAT(text, Not(HasSubstr("fib")));
}

TEST(PathsRender, AnswersWhoseSourceIsTranslatedAreMarkedOnceMoreAroundThat)
{
    const auto text = text_of(sas());
    EXPECT_THAT(text, HasSubstr("ct status dnat ct direction reply ct id @by_backup_sa meta mark set "
                                "meta mark & 0xf8ffffff | 0x04000000"));
    EXPECT_LT(text.find("postrouting priority 99"), text.find("ct status dnat"));
    EXPECT_LT(text.find("ct status dnat"), text.find("postrouting priority 101"));
    EXPECT_THAT(text_of(links()), Not(HasSubstr("ct status"))) << "a route is not chosen anew";
}

TEST(PathsRender, OtherRulesLeaveTheSessionsAlone)
{
    const auto text = render({Verb::Update, links(), {}});
    EXPECT_THAT(text, Not(HasSubstr("delete table")));
    EXPECT_THAT(text, HasSubstr("flush chain inet linkspan_paths prerouting"));
}

TEST(PathsPlan, ChangesNoMoreThanItMust)
{
    EXPECT_TRUE(plan(Paths{}, {}).ops.empty());
    EXPECT_EQ(plan(links(), {}).ops.at(0).verb, Verb::Create);
    EXPECT_TRUE(plan(links(), made_of(links())).ops.empty());
    EXPECT_EQ(plan(sas(), made_of(links())).ops.at(0).verb, Verb::Update);
    auto bent = made_of(links());
    bent.shaped = false;
    EXPECT_EQ(plan(links(), bent).ops.at(0).verb, Verb::Replace);
    EXPECT_EQ(plan(Paths{}, made_of(links())).ops.at(0).verb, Verb::Delete);
    EXPECT_THAT(detail({Verb::Create, links(), {}}), HasSubstr("ls-a, ls-a+b"));
}

TEST(PathsDecode, KnowsRulesByTheirComments)
{
    const auto seen = decode_paths(R"({"nftables": [{"metainfo": {}},
        {"table": {"family": "inet", "name": "linkspan_paths"}},
        {"chain": {"name": "forward", "type": "filter", "hook": "forward", "prio": -400, "policy": "accept"}},
        {"set": {"name": "by_backup_sa"}},
        {"rule": {"chain": "forward", "comment": "linkspan 12345678"}}]})");
    ASSERT_TRUE(seen);
    EXPECT_TRUE(seen->present);
    EXPECT_FALSE(seen->shaped) << "chains and sets are missing";
    EXPECT_THAT(seen->rules, testing::ElementsAre("linkspan 12345678"));
    EXPECT_FALSE(decode_paths("nonsense"));
}

} // namespace
} // namespace linkspan::nft
