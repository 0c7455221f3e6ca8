#include "config/diagnostics.h"

#include <gtest/gtest.h>

namespace linkspan::config {
namespace {

const auto file = std::make_shared<const std::string>("a.toml");

Diagnostic at(std::uint32_t line, std::uint32_t column, std::uint32_t length)
{
    return {.pos = {file, line, column}, .length = length, .message = "wrong", .help = "right"};
}

std::string rendered(const Diagnostics& diagnostics, std::string text, bool colour = false)
{
    const std::vector<Source> sources{{"a.toml", std::move(text)}};
    return render(diagnostics, sources, colour);
}

TEST(Render, SaysNothingWhereAllIsWell)
{
    EXPECT_EQ(rendered({}, "x"), "");
}

TEST(Render, ShowsPlaceLineCaretAdviceAndCount)
{
    EXPECT_EQ(rendered({at(2, 8, 3)}, "one\npeer = bad\n"), "a.toml:2:8: error: wrong\n"
                                                            " 2 | peer = bad\n"
                                                            "   |        ^^^\n"
                                                            "help: right\n"
                                                            "\n"
                                                            "1 error in 1 file\n");
}

TEST(Render, CountsErrorsAndWarningsApart)
{
    auto warning = at(1, 1, 1);
    warning.severity = Severity::Warning;
    const auto text = rendered({at(1, 1, 1), warning, warning}, "x");
    EXPECT_TRUE(text.contains("warning: wrong"));
    EXPECT_TRUE(text.ends_with("1 error, 2 warnings in 1 file\n"));
}

TEST(Render, ColoursOnlyWhenAsked)
{
    EXPECT_TRUE(rendered({at(1, 1, 1)}, "x", true).contains("\033[1;31merror: \033[0m"));
    EXPECT_FALSE(rendered({at(1, 1, 1)}, "x").contains('\033'));
}

TEST(Render, PutsTheCaretRightBehindTabsAndWideText)
{
    EXPECT_TRUE(rendered({at(1, 8, 1)}, "\tcafé = x").contains(" 1 |  café = x\n   |        ^\n"));
}

TEST(Render, CutsLongLinesAroundTheCaret)
{
    const auto text = rendered({at(1, 5000, 3)}, std::string(4999, 'a') + "bad" + std::string(5000, 'c'));
    EXPECT_TRUE(text.contains("bad"));
    EXPECT_LT(text.size(), 600U);
    const auto line = text.find("...aaa");
    const auto caret = text.find("^^^");
    ASSERT_NE(line, std::string::npos);
    const auto line_start = text.rfind('\n', line) + 1;
    const auto caret_start = text.rfind('\n', caret) + 1;
    EXPECT_EQ(text.find("bad") - line_start, caret - caret_start);
}

TEST(Render, NeverLetsAFileSpeakToTheTerminal)
{
    const auto text = rendered({at(1, 1, 1)}, "a\x1b[2J\x07\xc2\x9b\xff z");
    EXPECT_FALSE(text.contains('\x1b'));
    EXPECT_FALSE(text.contains('\x07'));
    EXPECT_FALSE(text.contains('\x9b'));
    EXPECT_TRUE(text.contains("a?[2J??? z"));
}

TEST(Render, HidesASecretLineFromEveryDiagnostic)
{
    auto secret = at(2, 1, 1);
    secret.secret = true;
    secret.last_line = 3;
    const auto text = rendered({at(2, 4, 1), secret, at(3, 1, 1), at(4, 1, 1)}, "one\nhunter2\nhunter2\nfour\n");
    EXPECT_FALSE(text.contains("hunter2"));
    EXPECT_TRUE(text.contains("four"));
}

TEST(Render, HidesLinesThatNameASecretUnasked)
{
    EXPECT_FALSE(rendered({at(1, 1, 1)}, "psk = \"hunter2\"").contains("hunter2"));
    EXPECT_TRUE(rendered({at(1, 1, 1)}, "psk = { file = \"/x\" }").contains("/x"));
}

TEST(Render, WorksWithoutTheSource)
{
    EXPECT_TRUE(render({at(9, 9, 9)}, {}, false).starts_with("a.toml:9:9: error: wrong\nhelp: right\n"));
    EXPECT_TRUE(rendered({at(0, 0, 0), at(99, 1, 1)}, "x").contains("a.toml:99:1"));
}

} // namespace
} // namespace linkspan::config
