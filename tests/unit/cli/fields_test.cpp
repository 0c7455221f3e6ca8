#include "cli/fields.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace linkspan::cli {
namespace {

const boost::json::object object = boost::json::parse(R"({
    "text": "a\u001b[31mb\nc", "number": 7, "negative": -7, "large": 18446744073709551615, "yes": true, "null": null,
    "object": {"x": "y"}, "list": ["a", 1, "b\u0007"], "objects": [{"x": "1"}, 2, {"x": "3"}]})")
                                       .as_object();

TEST(Fields, ReadsWhatIsThere)
{
    EXPECT_EQ(number(object, "number"), 7U);
    EXPECT_EQ(number(object, "large"), UINT64_MAX);
    EXPECT_TRUE(flag(object, "yes"));
    EXPECT_EQ(text(member(object, "object"), "x"), "y");
    ASSERT_EQ(objects(object, "objects").size(), 2U);
    EXPECT_EQ(text(*objects(object, "objects")[1], "x"), "3");
}

TEST(Fields, WhatIsMissingOrOfAnotherTypeIsEmpty)
{
    for (const char* key : {"absent", "null", "list"}) {
        EXPECT_EQ(text(object, key), "") << key;
        EXPECT_EQ(number(object, key), 0U) << key;
        EXPECT_FALSE(flag(object, key)) << key;
        EXPECT_TRUE(member(object, key).empty()) << key;
    }
    EXPECT_TRUE(objects(object, "text").empty());
    EXPECT_EQ(joined(object, "number", ","), "");
    EXPECT_EQ(number(object, "negative"), 0U);
}

TEST(Fields, NoEscapeSequenceReachesTheTerminal)
{
    EXPECT_EQ(text(object, "text"), "a?[31mb?c");
    EXPECT_EQ(lines(object, "text"), "a?[31mb\nc");
    EXPECT_EQ(joined(object, "list", ", "), "a, b?");
    EXPECT_EQ(printable("\xc2\x9b"
                        "31m",
                        false),
              "?31m")
        << "C1 CSI in UTF-8";
    EXPECT_EQ(printable("Köln €\x7f", false), "Köln €?");
}

} // namespace
} // namespace linkspan::cli
