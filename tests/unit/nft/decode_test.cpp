#include "nft/decode.h"

#include <gtest/gtest.h>

namespace linkspan::nft {
namespace {

const std::string table = R"({"table": {"family": "inet", "name": "linkspan", "handle": 1}})";
const std::string map = R"({"map": {"family": "inet", "name": "mss", "table": "linkspan", "type": "ifname", "handle": 2,
    "map": "integer", "elem": [["v0", 1300], ["ls-q", 1200]]}})";
const std::string chain = R"({"chain": {"family": "inet", "table": "linkspan", "name": "forward", "handle": 1,
    "type": "filter", "hook": "forward", "prio": -150, "policy": "accept"}})";
const std::string transit = R"({"chain": {"family": "inet", "table": "linkspan", "name": "transit", "handle": 1,
    "type": "filter", "hook": "forward", "prio": -149, "policy": "accept"}})";
const std::string origin = R"({"chain": {"family": "inet", "table": "linkspan", "name": "origin", "handle": 5,
    "type": "filter", "hook": "prerouting", "prio": -149, "policy": "accept"}})";
const std::string branch = R"({"chain": {"family": "inet", "table": "linkspan", "name": "between", "handle": 4}})";
const std::string rule = R"({"rule": {"family": "inet", "table": "linkspan", "chain": "forward", "handle": 3,
    "comment": "linkspan 1234", "expr": [{"anything": ["a", "version", "prints"]}]}})";

Result<Observed> decode(std::initializer_list<std::string> objects)
{
    std::string text = R"({"nftables": [{"metainfo": {"version": "1.0.6", "json_schema_version": 1}})";
    for (const auto& object : objects) text += ", " + object;
    return decode_table(text + "]}");
}

std::string with(std::string text, const std::string& from, const std::string& to)
{
    return text.replace(text.find(from), from.size(), to);
}

TEST(NftDecode, ReadsATable)
{
    const auto observed =
        decode({table, map, chain, branch, transit, origin, rule, R"({"rule": {"chain": "forward", "expr": []}})"});
    ASSERT_TRUE(observed);
    EXPECT_EQ(*observed, (Observed{.present = true,
                                   .rules = {"linkspan 1234", ""},
                                   .shaped = true,
                                   .branches = {"between"},
                                   .mss = {{{"v0"}, 1300}, {{"ls-q"}, 1200}}}));
}

TEST(NftDecode, SeesThatTheShapeIsWrong)
{
    EXPECT_TRUE(decode({table, map, chain, transit, origin})->shaped);
    EXPECT_FALSE(decode({table, map, chain, origin})->shaped);
    EXPECT_FALSE(decode({table, map, chain, transit})->shaped);
    EXPECT_FALSE(decode({table, map, chain, transit, with(origin, "-149", "0")})->shaped);
    EXPECT_FALSE(decode({table, map, chain, with(transit, "-149", "0"), origin})->shaped);
    EXPECT_FALSE(decode({table, map, transit, origin})->shaped);
    EXPECT_FALSE(decode({table, chain, transit, origin})->shaped);
    EXPECT_FALSE(decode({table, map, chain, chain, transit, origin})->shaped);
    EXPECT_FALSE(decode({table, map, chain, R"({"set": {"name": "more"}})", transit, origin})->shaped);
    EXPECT_FALSE(decode({table, map, with(chain, "-150", "0"), transit, origin})->shaped);
    EXPECT_FALSE(decode({table, map, with(chain, "accept", "drop"), transit, origin})->shaped);
    EXPECT_FALSE(
        decode({table, map, with(chain, R"("hook": "forward")", R"("hook": "input")"), transit, origin})->shaped);
    EXPECT_FALSE(decode({with(table, "1}", R"(1, "flags": "dormant"})"), map, chain, transit, origin})->shaped);
    EXPECT_FALSE(decode({table, with(map, "1300", "70000"), chain, transit, origin})->shaped);
    EXPECT_FALSE(decode({table, with(map, "1300", "\"x\""), chain, transit, origin})->shaped);
    EXPECT_FALSE(decode({table, with(map, "[\"v0\", 1300]", "7"), chain, transit, origin})->shaped);
}

TEST(NftDecode, SeesTheChainThatKeepsSources)
{
    const std::string keeps = R"({"chain": {"family": "inet", "table": "linkspan", "name": "postrouting", "handle": 9,
        "type": "nat", "hook": "postrouting", "prio": -198, "policy": "accept"}})";
    EXPECT_TRUE(decode({table, map, chain, keeps, transit, origin})->shaped);
    EXPECT_TRUE(decode({table, map, chain, keeps, transit, origin})->keeps_sources);
    EXPECT_FALSE(decode({table, map, chain, transit, origin})->keeps_sources);
    EXPECT_FALSE(decode({table, map, chain, with(keeps, "-198", "100"), transit, origin})->shaped);
}

TEST(NftDecode, TellsWhetherTheTableIsThere)
{
    EXPECT_TRUE(*decode_presence(R"({"nftables": [{"metainfo": {}}, )" + table + "]}"));
    EXPECT_FALSE(*decode_presence(R"({"nftables": [{"metainfo": {}}]})"));
    EXPECT_FALSE(*decode_presence(R"({"nftables": [{"table": {"family": "ip", "name": "linkspan"}}]})"));
}

TEST(NftDecode, RefusesWhatNftDoesNotPrint)
{
    for (const auto* text : {"", "{", "[]", "{}", R"({"nftables": 7})"}) {
        ASSERT_FALSE(decode_table(text)) << text;
        EXPECT_EQ(decode_table(text).error().kind, Kind::Protocol);
        EXPECT_FALSE(decode_presence(text));
    }
    EXPECT_TRUE(decode_table(R"({"nftables": [7, {}, {"rule": 7}, {"a": {}, "b": {}}]})"));
}

} // namespace
} // namespace linkspan::nft
