#include "config/equal.h"

#include <gtest/gtest.h>

namespace linkspan::config {
namespace {

const std::string file = "[gateway]\nname = \"edge-1\"\nuplink = \"wan0\"\n"
                         "[ha]\nnode = \"first\"\naddresses = [\"203.0.113.10/24@wan0\"]\n"
                         "[[connection]]\nname = \"b\"\npeer = \"198.51.100.8\"\n"
                         "[[connection]]\nname = \"a\"\npeer = \"198.51.100.7\"\npsk = { file = \"/k\" }\n";

Sayings of(std::string text, const std::string& old = "", const std::string& now = "")
{
    if (!old.empty()) text.replace(text.find(old), old.size(), now);
    return sayings_of({{"t", text}});
}

TEST(Equal, NameAndNodeMayDiffer)
{
    EXPECT_TRUE(differences(of(file), of(file, "edge-1", "edge-2")).empty());
    EXPECT_TRUE(differences(of(file), of(file, "\"first\"", "\"second\"")).empty());
}

TEST(Equal, OrderAndTheDivisionIntoFilesDoNotCount)
{
    const auto at = file.find("[[connection]]\nname = \"a\"");
    EXPECT_TRUE(differences(of(file), sayings_of({{"x", file.substr(at)}, {"y", file.substr(0, at)}})).empty());
}

TEST(Equal, EachDifferenceIsNamedWithBothSides)
{
    const auto found = differences(of(file), of(file, "198.51.100.7", "198.51.100.9"));
    EXPECT_EQ(found, (std::vector<Difference>{{"connection a peer", "198.51.100.7", "198.51.100.9"}}));
    const auto lost = differences(of(file), of(file, "psk = { file = \"/k\" }\n", ""));
    EXPECT_EQ(lost, (std::vector<Difference>{{"connection a psk file", "/k", ""}}));
    EXPECT_EQ(differences(of(file), of(file, "/24@wan0", "/25@wan0")).size(), 1U);
}

TEST(Equal, TextsOfTablesTellWhichDiffers)
{
    const auto ours = of(file), theirs = of(file, "198.51.100.7", "198.51.100.9");
    EXPECT_EQ(canonical_text(ours, "ha"), canonical_text(theirs, "ha"));
    EXPECT_NE(canonical_text(ours, "connection"), canonical_text(theirs, "connection"));
    EXPECT_EQ(canonical_text(ours, "egress"), "");
}

} // namespace
} // namespace linkspan::config
