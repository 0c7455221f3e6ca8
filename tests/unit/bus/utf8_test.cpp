#include "bus/utf8.h"

#include <gtest/gtest.h>

namespace linkspan::bus {
namespace {

TEST(Utf8, KeepsWhatIsValid)
{
    for (const char* text : {"", "plain", "Grüße", "€ 𝄞", "\xf4\x8f\xbf\xbf", "line\nline\ttab"})
        EXPECT_EQ(to_utf8(text), text);
}

TEST(Utf8, ReplacesWhatIsNot)
{
    const std::string bad = "\xef\xbf\xbd";
    EXPECT_EQ(to_utf8("a\xff"), "a" + bad);
    EXPECT_EQ(to_utf8("\x80z"), bad + "z");
    EXPECT_EQ(to_utf8("\xc0\xaf"), bad + bad) << "an overlong slash";
    EXPECT_EQ(to_utf8("\xe0\x80\xaf"), bad + bad + bad) << "an overlong slash";
    EXPECT_EQ(to_utf8("\xed\xa0\x80"), bad + bad + bad) << "a surrogate";
    EXPECT_EQ(to_utf8("\xf4\x90\x80\x80"), bad + bad + bad + bad) << "beyond U+10FFFF";
    EXPECT_EQ(to_utf8(std::string_view("a\0b", 3)), "a" + bad + "b") << "D-Bus strings end at NUL";
}

TEST(Utf8, DoesNotSwallowWhatFollowsAnIncompleteCharacter)
{
    const std::string bad = "\xef\xbf\xbd";
    EXPECT_EQ(to_utf8("\xe2\"}"), bad + "\"}");
    EXPECT_EQ(to_utf8("\xf0\x9f\x98"), bad + bad + bad);
}

} // namespace
} // namespace linkspan::bus
