#include "cli/request.h"

#include <gtest/gtest.h>

#include <sstream>

namespace linkspan::cli {
namespace {

TEST(Help, EveryCommandIsListedAndExplained)
{
    for (const std::string_view name : command_names()) {
        EXPECT_NE(help_text("").find("\n  " + std::string(name)), std::string::npos) << name;
        EXPECT_TRUE(help_text(std::string(name)).starts_with("usage: linkspan " + std::string(name))) << name;
    }
    EXPECT_EQ(help_text("xyzzy"), "");
}

TEST(Help, FitsATerminal)
{
    for (std::string name : {"", "check", "plan", "apply", "status", "up", "down", "help"}) {
        std::istringstream lines{help_text(name)};
        for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 120U) << line;
    }
}

} // namespace
} // namespace linkspan::cli
