#include "base/suggest.h"

#include <gtest/gtest.h>

#include <array>

namespace linkspan {
namespace {

using namespace std::string_view_literals;
constexpr std::array words{"peer"sv, "psk"sv, "remote_subnets"sv, "local_subnets"sv, "start"sv};

TEST(Suggest, FindsOneMissingLetter)
{
    EXPECT_EQ(suggest("remote_subnet", words), "remote_subnets");
}

TEST(Suggest, CountsSwappedNeighboursAsOneMistake)
{
    EXPECT_EQ(suggest("pks", words), "psk");
    EXPECT_EQ(suggest("strat", words), "start");
}

TEST(Suggest, AllowsAThirdOfTheWordToBeWrong)
{
    EXPECT_EQ(suggest("rmote_sbnts", words), "remote_subnets");
    EXPECT_EQ(suggest("remote", words), std::nullopt);
}

TEST(Suggest, AllowsShortWordsOneMistake)
{
    EXPECT_EQ(suggest("ps", words), "psk");
    EXPECT_EQ(suggest("px", words), std::nullopt);
}

TEST(Suggest, PrefersTheEarlierOfEquallyCloseWords)
{
    constexpr std::array ambiguous{"aes256"sv, "aes192"sv, "aes128"sv};
    EXPECT_EQ(suggest("aes25", ambiguous), "aes256");
    EXPECT_EQ(suggest("aes1x8", ambiguous), "aes128");
}

TEST(Suggest, IsSilentWithoutCandidatesOrWord)
{
    EXPECT_EQ(suggest("peer", {}), std::nullopt);
    EXPECT_EQ(suggest("", words), std::nullopt);
    EXPECT_EQ(suggest("colour", words), std::nullopt);
}

} // namespace
} // namespace linkspan
