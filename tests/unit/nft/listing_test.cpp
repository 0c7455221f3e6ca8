#include "nft/listing.h"

#include <gtest/gtest.h>

namespace linkspan::nft {
namespace {

TEST(Listing, WhatIsNoRulesetIsRefused)
{
    for (const auto* text : {"", "[]", "{}", R"({"nftables": 1})", R"({"nftables": [)"})
        EXPECT_FALSE(listing(text)) << text;
    EXPECT_TRUE(listing(R"({"nftables": []})"));
}

TEST(Listing, VisitsObjectsAndNothingElse)
{
    const auto list =
        listing(R"({"nftables": [1, {}, {"a": 1}, {"a": {}, "b": {}}, {"chain": {"name": "x", "prio": -90}}]})");
    ASSERT_TRUE(list);
    int visits = 0;
    for_each_object(*list, [&](std::string_view what, const boost::json::object& object) {
        ++visits;
        EXPECT_EQ(what, "chain");
        EXPECT_EQ(text_at(object, "name"), "x");
        EXPECT_EQ(text_at(object, "prio"), "");
        EXPECT_EQ(number_of(object.if_contains("prio")), -90);
        EXPECT_FALSE(number_of(object.if_contains("name")));
    });
    EXPECT_EQ(visits, 1);
}

} // namespace
} // namespace linkspan::nft
