#include "nft/render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace linkspan::nft {
namespace {

using testing::HasSubstr;
using testing::Not;

const Spec mapped{.clamp = true, .mss = {{{"ls-a"}, 1360}, {{"ls-b"}, 1300}}};

TEST(NftRender, TheWholeTableInOneTransaction)
{
    EXPECT_EQ(
        render({Verb::Create, mapped, {}}),
        "add table inet linkspan\n"
        "delete table inet linkspan\n"
        "table inet linkspan {\n"
        "\tmap mss {\n"
        "\t\ttypeof iifname : tcp option maxseg size\n"
        "\t\telements = { \"ls-a\" : 1360, \"ls-b\" : 1300 }\n"
        "\t}\n"
        "\tchain forward {\n"
        "\t\ttype filter hook forward priority mangle; policy accept;\n"
        "\t\tiifgroup 27763 tcp flags & (syn | rst) == syn tcp option maxseg size set iifname map @mss comment \"" +
            rules(mapped)[0].comment + "\"\n" +
            "\t\toifgroup 27763 tcp flags & (syn | rst) == syn tcp option maxseg size set oifname map @mss comment \"" +
            rules(mapped)[1].comment + "\"\n" +
            "\t\tiifgroup 27763 tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu comment \"" +
            rules(mapped)[2].comment + "\"\n" +
            "\t\toifgroup 27763 tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu comment \"" +
            rules(mapped)[3].comment + "\"\n\t}\n" + "\tchain between {\n\t\tiifgroup 27763 counter drop comment \"" +
            rules(mapped)[4].comment + "\"\n" + "\t\tcounter drop comment \"" + rules(mapped)[5].comment + "\"\n\t}\n" +
            "\tchain from_connection {\n\t\toifgroup 27763 goto between comment \"" + rules(mapped)[6].comment +
            "\"\n" + "\t\tipsec out reqid 268435456-805306367 goto between comment \"" + rules(mapped)[7].comment +
            "\"\n\t}\n" + "\tchain transit {\n\t\ttype filter hook forward priority -149; policy accept;\n" +
            "\t\tiifgroup 27763 jump from_connection comment \"" + rules(mapped)[8].comment + "\"\n" +
            "\t\tipsec in reqid 268435456-805306367 jump from_connection comment \"" + rules(mapped)[9].comment +
            "\"\n\t}\n" + "\tchain others {\n\t\tfib saddr . iif oif exists accept comment \"" +
            rules(mapped)[10].comment + "\"\n" + "\t\tip6 saddr fe80::/10 accept comment \"" +
            rules(mapped)[11].comment + "\"\n" + "\t\tfib saddr oifname \"ls-*\" counter drop comment \"" +
            rules(mapped)[12].comment + "\"\n\t}\n" +
            "\tchain origin {\n\t\ttype filter hook prerouting priority -149; policy accept;\n" +
            "\t\tiifgroup 27763 goto others comment \"" + rules(mapped)[13].comment + "\"\n\t}\n}\n");
}

TEST(NftRender, AnEmptyMapHasNoElements)
{
    EXPECT_THAT(render({Verb::Replace, {.clamp = true}, {}}), Not(HasSubstr("elements")));
}

TEST(NftRender, ADeletionFindsSomethingToDelete)
{
    EXPECT_EQ(render({Verb::Delete, {}, {}}), "add table inet linkspan\ndelete table inet linkspan\n");
}

TEST(NftRender, AnUpdateTouchesOnlyWhatDiffers)
{
    const Spec before{.clamp = true, .mss = {{{"ls-a"}, 1360}, {{"ls-b"}, 1400}, {{"ls-c"}, 1200}}};
    EXPECT_EQ(render({Verb::Update, mapped, before}),
              "delete element inet linkspan mss { \"ls-b\" : 1400, \"ls-c\" : 1200 }\n"
              "add element inet linkspan mss { \"ls-b\" : 1300 }\n");
}

TEST(NftRender, EveryRuleHasACommentOfItsOwn)
{
    std::set<std::string> comments;
    for (const auto& rule : rules(mapped)) comments.insert(rule.comment);
    EXPECT_EQ(comments.size(), rules(mapped).size());
}

TEST(NftRender, PolicyModeIsClampedByItsSasAndKeepsItsSources)
{
    const Spec policy{.clamp = true,
                      .policy_mss = {{{0x1000'0001}, 1360}, {{0x2000'0002}, 1340}, {{0x1000'0003}, 1360}}};
    const auto text = render({Verb::Create, policy, {}});
    for (const auto* rule : {"ipsec in reqid { 268435457, 268435459 } tcp option maxseg size set 1360",
                             "ipsec out reqid { 268435457, 268435459 } tcp option maxseg size set 1360",
                             "ipsec out reqid { 536870914 } tcp option maxseg size set 1340",
                             "chain postrouting {\n\t\ttype nat hook postrouting priority -198; policy accept;\n",
                             "ipsec out reqid 268435456-805306367 meta nfproto ipv4 snat ip to ip saddr"})
        EXPECT_THAT(text, HasSubstr(rule));
    EXPECT_THAT(render({Verb::Create, mapped, {}}), Not(HasSubstr("postrouting")));
}

} // namespace
} // namespace linkspan::nft
