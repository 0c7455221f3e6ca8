#include "nft/rule.h"

#include <gtest/gtest.h>

namespace linkspan::nft {
namespace {

TEST(Rule, TheCommentNamesTheText)
{
    const auto rule = rule_of("forward", "counter drop");
    EXPECT_EQ(rule.comment, rule_of("elsewhere", "counter drop").comment);
    EXPECT_NE(rule.comment, rule_of("forward", "counter accept").comment);
    EXPECT_EQ(
        chain_text("forward", "filter hook forward priority 0", {rule, rule_of("other", "drop")}),
        "\tchain forward {\n\t\ttype filter hook forward priority 0; policy accept;\n\t\tcounter drop comment \"" +
            rule.comment + "\"\n\t}\n");
}

} // namespace
} // namespace linkspan::nft
