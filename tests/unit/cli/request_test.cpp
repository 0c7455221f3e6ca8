#include "cli/request.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace linkspan::cli {
namespace {

Result<Request> parsed(std::vector<std::string> words)
{
    return parse(words);
}

std::string complaint(std::vector<std::string> words)
{
    const auto request = parse(words);
    return request ? "(accepted)" : request.error().what;
}

TEST(Request, OptionsMayStandAnywhere)
{
    for (const std::vector<std::string>& words : {std::vector<std::string>{"--json", "-c", "/tmp/x.toml", "plan"},
                                                  {"plan", "-c/tmp/x.toml", "--json"},
                                                  {"plan", "--config", "/tmp/x.toml", "--json"},
                                                  {"--config=/tmp/x.toml", "plan", "--json"}}) {
        const auto request = parse(words);
        ASSERT_TRUE(request) << request.error().what;
        EXPECT_EQ(request->command, Command::Plan);
        EXPECT_EQ(request->file, "/tmp/x.toml");
        EXPECT_TRUE(request->json);
    }
}

TEST(Request, DefaultsAreTheInstalledOnes)
{
    const auto request = parsed({"status"});
    ASSERT_TRUE(request);
    EXPECT_EQ(request->command, Command::Status);
    EXPECT_EQ(request->socket, "/run/linkspan/private");
    EXPECT_EQ(request->file, "");
    EXPECT_FALSE(request->json);
    EXPECT_FALSE(request->no_colour);
}

TEST(Request, AFileIsMadeAbsoluteForTheAgentRunsElsewhere)
{
    EXPECT_EQ(parsed({"plan", "-c", "new/../x.toml"})->file, std::filesystem::current_path() / "x.toml");
}

TEST(Request, NamesGoWithTheCommandsThatTakeThem)
{
    EXPECT_EQ(parsed({"status", "aws"})->name, "aws");
    EXPECT_EQ(parsed({"up", "aws"})->name, "aws");
    EXPECT_EQ(parsed({"down", "--no-color", "aws"})->name, "aws");
    EXPECT_EQ(complaint({"up"}), "up needs the name of a connection: linkspan up NAME");
    EXPECT_EQ(complaint({"up", "a", "b"}), "up does not take \"b\"");
    EXPECT_EQ(complaint({"check", "x.toml"}), "check does not take \"x.toml\"");
}

TEST(Request, OptionsWithoutMeaningAreRefusedNotIgnored)
{
    EXPECT_EQ(complaint({"apply", "-c", "x.toml"}), "apply does not take -c: the agent reads its own files");
    EXPECT_EQ(complaint({"up", "aws", "--json"}), "up prints no facts, so it does not take --json");
}

TEST(Request, APairIsAskedByItsOwnWords)
{
    EXPECT_EQ(parsed({"ha", "maintenance", "on"})->name, "maintenance on");
    EXPECT_TRUE(parsed({"ha", "switchover", "--anyway"})->anyway);
    EXPECT_TRUE(parsed({"ha", "status", "--json"})->json);
    const std::string words = "ha is one of: status, switchover, yield, maintenance on, maintenance off, resume";
    EXPECT_EQ(complaint({"ha"}), words);
    EXPECT_EQ(complaint({"ha", "maintenance"}), words);
    EXPECT_EQ(complaint({"ha", "resume", "--anyway"}), "only ha switchover takes --anyway");
    EXPECT_EQ(complaint({"up", "aws", "--anyway"}), "only ha switchover takes --anyway");
    EXPECT_EQ(complaint({"ha", "switchover", "--json"}), "ha switchover prints no facts, so it does not take --json");
}

TEST(Request, MistypedWordsGetASuggestion)
{
    EXPECT_EQ(complaint({"staus"}), "there is no command staus; did you mean status?");
    EXPECT_EQ(complaint({"status", "--jsno"}), "there is no option --jsno; did you mean --json?");
    EXPECT_EQ(complaint({"help", "pln"}), "there is no command pln; did you mean plan?");
    EXPECT_EQ(complaint({"xyzzy"}), "there is no command xyzzy");
    EXPECT_EQ(complaint({"status", "--js"}), "there is no option --js") << "no abbreviations";
    EXPECT_EQ(complaint({}), "what should be done? linkspan --help lists the commands");
}

TEST(Request, HelpForEverything)
{
    EXPECT_EQ(parsed({"--help"})->command, Command::Help);
    EXPECT_EQ(parsed({"-h"})->name, "");
    EXPECT_EQ(parsed({"up", "--help"})->command, Command::Help);
    EXPECT_EQ(parsed({"up", "--help"})->name, "up");
    EXPECT_EQ(parsed({"help", "plan"})->name, "plan");
    EXPECT_EQ(parsed({"--version"})->command, Command::Version);
}

TEST(Request, OnlyCheckExplains)
{
    EXPECT_EQ(parsed({"check", "--explain", "aws"})->explain, "aws");
    EXPECT_EQ(parsed({"check"})->explain, "");
    EXPECT_EQ(complaint({"plan", "--explain", "aws"}), "plan does not take --explain: linkspan check --explain NAME");
    EXPECT_NE(complaint({"check", "--explain"}), "(accepted)");
    EXPECT_TRUE(parsed({"check", "--no-routes"})->no_routes);
    EXPECT_FALSE(parsed({"check"})->no_routes);
    EXPECT_EQ(complaint({"plan", "--no-routes"}), "plan does not take --no-routes: linkspan check --no-routes");
    EXPECT_EQ(complaint({"check", "--explian", "aws"}), "there is no option --explian; did you mean --explain?");
}

} // namespace
} // namespace linkspan::cli
