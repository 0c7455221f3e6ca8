#include "config/load.h"
#include "config/secrets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

namespace linkspan::config {
namespace {

namespace fs = std::filesystem;
const fs::path directory = fs::path{LINKSPAN_SOURCE_DIR} / "tests/bad";

/// tests/bad: NNN-name.toml, or NNN-name/ with linkspan.toml and linkspan.d; beside each the expected text.
std::vector<std::string> cases()
{
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator{directory})
        if (entry.is_directory() || entry.path().extension() == ".toml") names.push_back(entry.path().stem().string());
    std::ranges::sort(names);
    return names;
}

std::string read(const fs::path& path)
{
    std::ifstream file{path};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// The case's files, under names that do not depend on where the checkout is.
Sources sources_of(const std::string& name)
{
    const auto is_directory = fs::is_directory(directory / name);
    auto sources = read_sources(is_directory ? directory / name / "linkspan.toml" : directory / (name + ".toml"));
    if (!sources) return {};
    for (auto& source : *sources) source.path = fs::relative(source.path, directory).string();
    return *std::move(sources);
}

using Lines = std::set<std::pair<std::string, std::uint32_t>>;

/// The lines of all files that carry the comment `# <- error` (or `# <- warning`).
Lines marked(const Sources& sources, const std::string& word)
{
    Lines lines;
    for (const auto& source : sources) {
        std::istringstream text{source.text};
        std::uint32_t number = 0;
        for (std::string line; ++number, std::getline(text, line);)
            if (line.contains("<- " + word)) lines.emplace(source.path, number);
    }
    return lines;
}

Lines reported(const Diagnostics& diagnostics, Severity severity)
{
    Lines lines;
    for (const auto& d : diagnostics)
        if (d.severity == severity) lines.emplace(*d.pos.file, d.pos.line);
    return lines;
}

class BadFile : public testing::TestWithParam<std::string> {};

TEST_P(BadFile, IsRefusedAtItsLineWithAdvice)
{
    const auto sources = sources_of(GetParam());
    ASSERT_FALSE(sources.empty());
    auto [config, diagnostics, files, stand_ins] = load(sources);
    // What only the disk can tell is refused by `check` all the same.
    const bool is_secret_case = GetParam().contains("-missing-file") || GetParam().contains("-missing-credential");
    EXPECT_EQ(config.has_value(), is_secret_case);
    if (config && is_secret_case) diagnostics = check_secrets(*config, "/nonexistent/credentials", {});

    EXPECT_EQ(reported(diagnostics, Severity::Error), marked(sources, "error"));
    EXPECT_EQ(reported(diagnostics, Severity::Warning), marked(sources, "warning"));
    for (const auto& d : diagnostics) {
        EXPECT_FALSE(d.message.empty());
        EXPECT_FALSE(d.help.empty()) << d.message;
        EXPECT_GE(d.pos.column, 1U) << d.message;
    }

    const auto text = render(diagnostics, sources, false);
    EXPECT_FALSE(text.contains("correct-horse-battery")) << "a secret is shown";
    const auto golden = directory / (GetParam() + ".expected");
    if (std::getenv("UPDATE_GOLDEN")) std::ofstream{golden} << text;
    EXPECT_EQ(text, read(golden)) << "UPDATE_GOLDEN=1 rewrites " << golden;
}

INSTANTIATE_TEST_SUITE_P(TestsBad, BadFile, testing::ValuesIn(cases()), [](const auto& case_) {
    auto name = case_.param;
    std::ranges::replace_if(name, [](unsigned char c) { return !std::isalnum(c); }, '_');
    return name;
});

TEST(BadFiles, AreAtLeastSeventy)
{
    EXPECT_GE(cases().size(), 70U);
}

} // namespace
} // namespace linkspan::config
