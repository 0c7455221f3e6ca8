#include "config/load.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace linkspan::config {
namespace {

namespace fs = std::filesystem;
const fs::path directory = fs::path{LINKSPAN_SOURCE_DIR} / "examples";

/// Every examples/NAME.toml, and every examples/NAME/ that holds a linkspan.toml with its linkspan.d.
std::vector<std::string> examples()
{
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator{directory}) {
        if (entry.path().extension() == ".toml") found.push_back(entry.path().filename().string());
        if (fs::exists(entry.path() / "linkspan.toml"))
            found.push_back((entry.path().filename() / "linkspan.toml").string());
    }
    std::ranges::sort(found);
    return found;
}

class Example : public testing::TestWithParam<std::string> {};

TEST_P(Example, LoadsWithoutADiagnostic)
{
    const auto sources = read_sources(directory / GetParam());
    ASSERT_TRUE(sources) << sources.error().what;
    const auto loaded = load(*sources);
    EXPECT_EQ(render(loaded.diagnostics, *sources, false), "");
    ASSERT_TRUE(loaded.config);
    EXPECT_FALSE(loaded.config->connections.empty());
}

INSTANTIATE_TEST_SUITE_P(Examples, Example, testing::ValuesIn(examples()), [](const auto& example) {
    auto name = example.param;
    std::ranges::replace_if(name, [](unsigned char c) { return !std::isalnum(c); }, '_');
    return name;
});

} // namespace
} // namespace linkspan::config
