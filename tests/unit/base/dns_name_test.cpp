#include "base/dns_name.h"

#include <gtest/gtest.h>

#include <string>

namespace linkspan {
namespace {

std::string parsed(std::string_view text)
{
    const auto name = DnsName::parse(text);
    return name ? std::string{name->text()} : name.error().what;
}

TEST(DnsName, IsLowerCaseWithoutADotAtTheEnd)
{
    EXPECT_EQ(parsed("WWW.Example.COM."), "www.example.com");
    EXPECT_EQ(parsed("_dmarc.example"), "_dmarc.example");
    EXPECT_EQ(parsed("localhost"), "localhost");
}

TEST(DnsName, TurnsUnicodeIntoALabels)
{
    EXPECT_EQ(parsed("m\u00fcnchen.example"), "xn--mnchen-3ya.example");
    EXPECT_EQ(parsed("M\u00dcNCHEN.example"), "xn--mnchen-3ya.example");
    EXPECT_EQ(parsed("xn--mnchen-3ya.example"), "xn--mnchen-3ya.example");
}

TEST(DnsName, SaysWhatIsWrong)
{
    EXPECT_EQ(parsed(""), "'' is no host name");
    EXPECT_EQ(parsed("."), "'.' is no host name");
    EXPECT_EQ(parsed("a..b"), "'a..b' has an empty label: two dots in a row, or one in front");
    EXPECT_EQ(parsed("a b.example"), "'a b.example' has ' ', which host names do not have");
    EXPECT_EQ(parsed(std::string(64, 'a')), "'" + std::string(64, 'a') + "' has a label of 64 bytes; 63 is the most");
    std::string longest;
    while (longest.size() < 254) longest += "abcdefg.";
    EXPECT_TRUE(parsed(longest).ends_with("is longer than 253 bytes"));
}

TEST(DnsName, IsBelowAnApexByWholeLabelsOnly)
{
    const DnsName apex = *DnsName::parse("example.com");
    EXPECT_TRUE(DnsName::parse("www.example.com")->is_below(apex));
    EXPECT_TRUE(DnsName::parse("a.b.example.com")->is_below(apex));
    EXPECT_FALSE(DnsName::parse("example.com")->is_below(apex));
    EXPECT_FALSE(DnsName::parse("badexample.com")->is_below(apex));
    EXPECT_FALSE(DnsName::parse("www.example.com")->is_below(DnsName{}));
}

TEST(DnsName, TakesNoLabelThatWouldMakeItAnotherName)
{
    DnsName name = *DnsName::parse("example");
    const std::uint8_t dotted[]{'a', '.', 'b'};
    EXPECT_FALSE(name.append(dotted));
    EXPECT_FALSE(name.append({}));
    EXPECT_EQ(name.text(), "example");
}

} // namespace
} // namespace linkspan
