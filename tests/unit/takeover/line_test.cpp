#include "takeover/line.h"

#include <gtest/gtest.h>

namespace linkspan::takeover {
namespace {

TEST(Line, output_becomes_one_printable_line)
{
    EXPECT_EQ(line_of("\n one\r\n\ttwo \x1b[31m\xff \n\n"), "one two ?[31m?");
    EXPECT_EQ(line_of(""), "");
}

TEST(Line, of_much_output_the_end_is_kept)
{
    const auto line = line_of(std::string(100'000, 'a') + "why it failed");
    EXPECT_LE(line.size(), most_output);
    EXPECT_TRUE(line.ends_with("why it failed"));
}

} // namespace
} // namespace linkspan::takeover
