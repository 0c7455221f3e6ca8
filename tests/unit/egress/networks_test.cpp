#include "egress/networks.h"

#include <gtest/gtest.h>

namespace linkspan::egress {
namespace {

const IpAddress client = *IpAddress::parse("10.1.0.10");

Spec spec()
{
    return {{{"a", {*EgressRule::parse("192.0.2.0/24"), *EgressRule::parse("192.0.2.7:22/tcp")}, {}},
             {"b", {}, {*EgressRule::parse("192.0.2.8")}}},
            {{{*IpPrefix::parse("10.1.0.0/24")}, {"a", "b"}}}};
}

Rules rules(Spec of = spec())
{
    return {.policy = SharedPolicy{std::move(of)},
            .open = {{*IpPrefix::parse("10.0.0.0/8"), true}, {*IpPrefix::parse("10.1.0.0/24"), false}},
            .pass = {{{*IpPrefix::parse("10.1.0.0/24")}, {*IpPrefix::parse("203.0.113.0/24")}}}};
}

TEST(Networks, TheMostSpecificRuleIsNamedAndADenialOfAnyTagCounts)
{
    const auto ruling = [](const char* address, std::uint16_t port) {
        return ruling_by_network(rules(), {client, *IpAddress::parse(address), 6, port});
    };
    EXPECT_EQ(ruling("192.0.2.7", 22), (Ruling{true, "a", "192.0.2.7:22/tcp"}));
    EXPECT_EQ(ruling("192.0.2.7", 23), (Ruling{true, "a", "192.0.2.0/24"}));
    EXPECT_EQ(ruling("192.0.2.8", 22), (Ruling{false, "b", "192.0.2.8"}));
    EXPECT_EQ(ruling("203.0.113.5", 22), (Ruling{true, {}, "pass_through"}));
    EXPECT_FALSE(ruling("198.51.100.1", 22));
}

TEST(Networks, TheLongestPrefixSaysWhatIsTheDefault)
{
    EXPECT_FALSE(ruling_by_default(rules(), client).allowed);
    EXPECT_TRUE(ruling_by_default(rules(), *IpAddress::parse("10.2.0.1")).allowed);
    EXPECT_TRUE(is_judged(rules(), client));
    EXPECT_FALSE(is_judged(rules(), *IpAddress::parse("10.2.0.1")));
}

TEST(Networks, MoreRulesTakeNothingAwayAndFewerDo)
{
    auto more = spec();
    more.tags[0].allow.push_back(*EgressRule::parse("www.example.com"));
    EXPECT_FALSE(takes_away(rules(), rules(more)));
    std::ranges::reverse(more.tags[0].allow);
    EXPECT_FALSE(takes_away(rules(), rules(more))) << "whatever their order";
    EXPECT_TRUE(takes_away(rules(more), rules()));
    auto many = spec();
    for (int i = 0; i < 100; ++i)
        many.tags[0].allow.push_back(*EgressRule::parse("n" + std::to_string(i) + ".example.com"));
    auto turned = many;
    std::ranges::reverse(turned.tags[0].allow);
    EXPECT_FALSE(takes_away(rules(many), rules(turned)));
    turned.tags[0].allow[50] = *EgressRule::parse("another.example.com");
    EXPECT_TRUE(takes_away(rules(many), rules(turned)));
    auto denied = spec();
    denied.tags[0].deny.push_back(*EgressRule::parse("www.example.com"));
    EXPECT_TRUE(takes_away(rules(), rules(denied)));
    auto unattached = spec();
    unattached.attachments[0].tags.pop_back();
    EXPECT_TRUE(takes_away(rules(), rules(unattached)));
}

} // namespace
} // namespace linkspan::egress
