#include "ha/config_digest.h"

#include <gtest/gtest.h>

namespace linkspan::ha {
namespace {

const Secret key{"a secret of the pair for this test"}, another{"another secret of a pair altogether"};

TEST(ConfigDigest, TellsWhichSectionsDiffer)
{
    const SectionTexts ours{"gateway", "ike", "connections", "keys", "", "ha"};
    auto theirs = ours;
    EXPECT_TRUE(differing(digest_of(ours, key), digest_of(theirs, key)).empty());
    theirs[2] += "x";
    theirs[4] = "egress";
    EXPECT_EQ(differing(digest_of(ours, key), digest_of(theirs, key)),
              (std::vector{Section::Connections, Section::Egress}));
}

TEST(ConfigDigest, TellsNothingWithoutTheKey)
{
    const SectionTexts texts{"gateway", "gateway", "", "", "", ""};
    const auto digest = digest_of(texts, key);
    EXPECT_NE(digest[0], digest[1]) << "the same text of two sections";
    EXPECT_NE(digest[0], digest_of(texts, another)[0]);
}

TEST(ConfigDigest, WhatIsNotKnownDoesNotDiffer)
{
    EXPECT_TRUE(differing({}, digest_of({"g", "i", "c", "k", "e", "h"}, key)).empty());
}

} // namespace
} // namespace linkspan::ha
