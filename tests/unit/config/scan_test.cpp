#include "config/scan.h"

#include <gtest/gtest.h>

namespace linkspan::config {
namespace {

TEST(MayShowSecret, IsTrueForLiteralsUnderSecretNames)
{
    for (auto line :
         {"psk = \"hunter2\"", "psk=hunter2", "  PSK = 'hunter2'", "\"psk\" = \"hunter2\"", "psk \"hunter2\"",
          "password = \"x\"", "shared_secret = \"x\"", "psk = { value = \"hunter2\" }", "psk = [\"hunter2\"]",
          "pks = \"hunter2\"", "# psk = \"hunter2\"", "connection = [{ name = \"a\", psk = \"hunter2\" }]",
          "psk.value = \"hunter2\"", "remote_subnets = [\"10.0.0.0/8], psk = \"hunter2\""})
        EXPECT_TRUE(may_show_secret(line)) << line;
}

TEST(MayShowSecret, IsFalseForReferencesAndOtherKeys)
{
    for (auto line : {"psk = { credential = \"a.psk\" }", "psk = {file=\"/etc/psk/a\"}", "psk.file = \"/etc/psk/a\"",
                      "name = \"shared-services\"", "peer = \"198.51.100.7\"", "", "psk",
                      "psk =", "connection = [{ psk = { file = \"/k\" }, peer = 5 }]"})
        EXPECT_FALSE(may_show_secret(line)) << line;
}

TEST(FindFault, TakesAllOfUtf8)
{
    EXPECT_FALSE(find_fault("# plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"));
    EXPECT_FALSE(find_fault(""));
}

TEST(FindFault, RefusesBrokenUtf8)
{
    for (std::string_view text : {"\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"})
        EXPECT_TRUE(find_fault(text)) << text.size();
}

TEST(FindFault, RefusesKeysTooDeepForTheLibrary)
{
    std::string deep = "x = 1\n";
    for (int i = 0; i < 100'000; ++i) deep += "a.";
    const auto fault = find_fault(deep + "a = 1");
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->span.line, 2U);
    EXPECT_TRUE(find_fault("[" + deep.substr(6) + "a]"));
}

TEST(FindFault, MindsNoDotsInStringsAndComments)
{
    const std::string dots(1000, '.');
    EXPECT_FALSE(find_fault("a = \"" + dots + "\"\nb = '" + dots + "' # " + dots));
    EXPECT_TRUE(find_fault("a = \"\\\"\"\n" + dots));
}

TEST(FindFault, RefusesHeadersTheLibraryCannotTake)
{
    for (auto text : {"[[[a]]]", "x = 1\n [[=", "[ # a\n]", "[\na]", "[[\t.a]]", "[{", "[ [a]]"})
        EXPECT_TRUE(find_fault(text)) << text;
    for (auto text : {"[a]", "[[a]]", "[ \"a\" ]", "['a']", "[]", "[[", "[", "a = [[[1]]]", "[-]"})
        EXPECT_FALSE(find_fault(text)) << text;
}

TEST(FindFault, RefusesNonAsciiOutsideOfStringsAndComments)
{
    for (auto text : {"\xce\xa4",
                      "name = \xe2\x80\x9c"
                      "edge\xe2\x80\x9d",
                      "a\xc2\xa0= 1", "[caf\xc3\xa9]"})
        EXPECT_TRUE(find_fault(text)) << text;
    for (auto text : {"name = \"caf\xc3\xa9\"", "name = 'caf\xc3\xa9'", "# caf\xc3\xa9", "\xef\xbb\xbfname = 1"})
        EXPECT_FALSE(find_fault(text)) << text;
}

TEST(FindFault, RefusesStringsOfSeveralLines)
{
    EXPECT_TRUE(find_fault("a = \"\"\"\nx\n\"\"\""));
    EXPECT_TRUE(find_fault("a = '''x'''"));
    EXPECT_FALSE(find_fault("a = \"\"\nb = ''"));
}

TEST(Printable, ReplacesWhatATerminalCouldObey)
{
    EXPECT_EQ(printable("caf\xc3\xa9 \x1b[2J \x7f \xc2\x9b \xff"), "caf\xc3\xa9 ?[2J ? ? ?");
    EXPECT_EQ(printable(std::string_view{"a\0b", 3}), "a?b");
}

TEST(LineOf, FindsLinesFromOne)
{
    EXPECT_EQ(line_of("a\nb\r\nc", 1), "a");
    EXPECT_EQ(line_of("a\nb\r\nc", 2), "b");
    EXPECT_EQ(line_of("a\nb\r\nc", 3), "c");
    EXPECT_EQ(line_of("a\nb\r\nc", 4), "");
}

} // namespace
} // namespace linkspan::config
