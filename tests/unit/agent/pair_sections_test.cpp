#include "agent/pair_sections.h"

#include <gtest/gtest.h>

namespace linkspan::agent {
namespace {

const Secret pair_key{"a secret of the pair for this test"};

std::map<ConnectionName, SecretFact> keys(const char* psk)
{
    return {{ConnectionName{"a"}, {.secret = std::make_shared<const Secret>(psk)}}};
}

std::vector<ha::Section> differing(const std::string& ours, const std::string& theirs, const char* psk = "one",
                                   const char* other = "one")
{
    const auto digest = [](const std::string& text, const char* key) {
        return ha::digest_of(section_texts({{"t", text}}, keys(key), pair_key), pair_key);
    };
    return ha::differing(digest(ours, psk), digest(theirs, other));
}

TEST(PairSections, ADifferenceIsInItsSection)
{
    const std::string file = "[gateway]\nname = \"a\"\nuplink = \"wan0\"\n[ha]\nnode = \"first\"\n"
                             "[[connection]]\nname = \"a\"\n[ike]\nx = 1\n";
    auto other = file;
    other.replace(other.find("\"a\""), 3, "\"b\"");
    other.replace(other.find("first"), 5, "second");
    EXPECT_TRUE(differing(file, other).empty()) << "names and nodes are each one's own";
    EXPECT_EQ(differing(file, file + "y = 2\n"), std::vector{ha::Section::Ike});
    EXPECT_EQ(differing(file, file + "[egress]\nz = 3\n"), std::vector{ha::Section::Egress});
}

TEST(PairSections, KeysCountByWhatTheyAre)
{
    EXPECT_EQ(differing("", "", "one", "two"), std::vector{ha::Section::Keys});
    EXPECT_TRUE(differing("", "", "one", "one").empty());
}

TEST(PairSections, NoKeyStandsInThem)
{
    for (const auto& text : section_texts({}, keys("correct horse battery staple"), pair_key))
        EXPECT_EQ(text.find("horse"), std::string::npos);
}

} // namespace
} // namespace linkspan::agent
