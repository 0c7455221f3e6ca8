#include "cli/table.h"

#include <gtest/gtest.h>

namespace linkspan::cli {
namespace {

TEST(Table, ColumnsAreAsWideAsTheirWidestCell)
{
    EXPECT_EQ(layout({{"NAME", Cell::number("IN")}, {"a", Cell::number("1234")}, {"longer", Cell::number("5")}}, "  "),
              "  NAME      IN\n"
              "  a       1234\n"
              "  longer     5\n");
}

TEST(Table, NothingTrails)
{
    EXPECT_EQ(layout({{"a", "bbb", "c"}, {"a", "b", ""}, {""}}, "> "), "> a  bbb  c\n> a  b\n\n");
}

TEST(Table, ColoursAndUmlautsDoNotShiftColumns)
{
    EXPECT_EQ(layout({{Cell{"up", "\x1b[32mup\x1b[0m"}, "x"}, {"Köln", "y"}}, ""), "\x1b[32mup\x1b[0m    x\nKöln  y\n");
    EXPECT_EQ(width_of("Köln"), 4U);
}

} // namespace
} // namespace linkspan::cli
