#include "egress/rule_index.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace linkspan::egress {
namespace {

using Rules = std::vector<std::uint32_t>;

/// An index, and the patterns that it points to.
struct Indexed {
    std::vector<NamePattern> patterns = {};
    RuleIndex index = {};
};

Indexed index_of(const std::vector<std::string_view>& texts)
{
    Indexed made;
    for (const auto text : texts) made.patterns.push_back(*NamePattern::parse(text));
    std::uint32_t rule = 0;
    for (const auto& pattern : made.patterns) made.index.add(pattern, rule++);
    return made;
}

Rules matches(const Indexed& of, std::string_view name)
{
    return of.index.matches(*DnsName::parse(name));
}

TEST(RuleIndex, FindsTheMoreSpecificFirst)
{
    const auto index = index_of({"*", "*.com", "*.example.com", "www.example.com", "*.www.example.com"});
    EXPECT_EQ(matches(index, "www.example.com"), (Rules{3, 2, 1, 0}));
    EXPECT_EQ(matches(index, "a.www.example.com"), (Rules{4, 2, 1, 0}));
    EXPECT_EQ(matches(index, "example.com"), (Rules{1, 0}));
    EXPECT_EQ(matches(index, "com"), Rules{0});
    EXPECT_EQ(matches(index, "example.net"), Rules{0});
}

TEST(RuleIndex, KeepsTheOrderAmongEquals)
{
    EXPECT_EQ(matches(index_of({"a.example", "b.example", "a.example"}), "a.example"), (Rules{0, 2}));
}

TEST(RuleIndex, FindsNothingForNoName)
{
    EXPECT_EQ(index_of({"*"}).index.matches(DnsName{}), Rules{});
}

/// What it finds is what trying every rule by hand would find.
TEST(RuleIndex, AgreesWithThePatterns)
{
    const std::vector<std::string_view> patterns{"*", "a.b.c", "*.b.c", "*.c", "b.c", "*.a.b.c", "x.c"};
    const auto index = index_of(patterns);
    for (const auto name : {"a.b.c", "b.c", "c", "z.a.b.c", "x.c", "b", "ab.c"}) {
        auto found = matches(index, name);
        std::ranges::sort(found);
        Rules by_hand;
        for (std::uint32_t i = 0; i < patterns.size(); ++i)
            if (NamePattern::parse(patterns[i])->matches(*DnsName::parse(name))) by_hand.push_back(i);
        EXPECT_EQ(found, by_hand) << name;
    }
}

} // namespace
} // namespace linkspan::egress
