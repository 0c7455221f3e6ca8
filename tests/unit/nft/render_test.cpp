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
            rules()[0].comment + "\"\n" +
            "\t\toifgroup 27763 tcp flags & (syn | rst) == syn tcp option maxseg size set oifname map @mss comment \"" +
            rules()[1].comment + "\"\n" +
            "\t\tiifgroup 27763 tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu comment \"" +
            rules()[2].comment + "\"\n" +
            "\t\toifgroup 27763 tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu comment \"" +
            rules()[3].comment + "\"\n\t}\n}\n");
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
    for (const auto& rule : rules()) comments.insert(rule.comment);
    EXPECT_EQ(comments.size(), rules().size());
}

} // namespace
} // namespace linkspan::nft
