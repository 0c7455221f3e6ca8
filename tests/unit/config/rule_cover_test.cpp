#include "config/rule_cover.h"

#include "config/load.h"

#include <gtest/gtest.h>

namespace linkspan::config {
namespace {

EgressRule rule(std::string_view text)
{
    const auto parsed = EgressRule::parse(text);
    EXPECT_TRUE(parsed) << text;
    return parsed.value_or(EgressRule{});
}

std::string covering(const std::vector<std::string>& texts, std::size_t which)
{
    std::vector<EgressRule> rules;
    for (const auto& text : texts) rules.push_back(rule(text));
    RulesByTarget index;
    index.add(rules);
    const auto* found = index.covering(rules[which]);
    return found == nullptr ? "" : found->text();
}

TEST(RuleCover, AWildcardCoversWhatIsBelowAndNotItsApex)
{
    EXPECT_EQ(covering({"*.example.com", "a.example.com"}, 1), "*.example.com");
    EXPECT_EQ(covering({"*.example.com", "a.b.example.com"}, 1), "*.example.com");
    EXPECT_EQ(covering({"*.example.com", "*.b.example.com"}, 1), "*.example.com");
    EXPECT_EQ(covering({"*.example.com", "example.com"}, 1), "");
    EXPECT_EQ(covering({"*.example.com", "badexample.com"}, 1), "");
    EXPECT_EQ(covering({"a.example.com", "*.example.com"}, 1), "");
    EXPECT_EQ(covering({"*", "com"}, 1), "*");
}

TEST(RuleCover, ANetworkCoversWhatIsInItAndNoName)
{
    EXPECT_EQ(covering({"192.0.2.0/24", "192.0.2.7:443/tcp"}, 1), "192.0.2.0/24");
    EXPECT_EQ(covering({"192.0.2.7", "192.0.2.0/24"}, 1), "");
    EXPECT_EQ(covering({"0.0.0.0/0", "example.com"}, 1), "");
    EXPECT_EQ(covering({"0.0.0.0/0", "2001:db8::/32"}, 1), "");
    EXPECT_EQ(covering({"::/0", "2001:db8::7"}, 1), "::/0");
}

TEST(RuleCover, AServiceCoversThatHasAllItsProtocolsAndPorts)
{
    EXPECT_EQ(covering({"a.example:80-90/tcp", "a.example:80,85-90/tcp"}, 1), "a.example:80-90/tcp");
    EXPECT_EQ(covering({"a.example:80-90/tcp", "a.example:80-91/tcp"}, 1), "");
    EXPECT_EQ(covering({"a.example:443/tcp", "a.example:443"}, 1), "");
    EXPECT_EQ(covering({"a.example:443", "a.example:443/udp"}, 1), "a.example:443");
    EXPECT_EQ(covering({"a.example", "a.example/icmp"}, 1), "a.example");
    EXPECT_EQ(covering({"a.example/tcp", "a.example"}, 1), "");
    EXPECT_EQ(covering({"a.example/tcp", "a.example/icmp"}, 1), "");
}

TEST(RuleCover, OfTwoEqualRulesTheLaterIsNeedless)
{
    EXPECT_EQ(covering({"a.example", "a.example"}, 0), "");
    EXPECT_EQ(covering({"a.example", "a.example"}, 1), "a.example");
}

TEST(RuleCover, RulesMeetWhereAPacketIsOfBoth)
{
    EXPECT_TRUE(meet(rule("a.example:80-90/tcp").service, rule("a.example:90-100").service));
    EXPECT_FALSE(meet(rule("a.example:80-90/tcp").service, rule("a.example:91/tcp").service));
    EXPECT_FALSE(meet(rule("a.example/udp").service, rule("a.example/tcp").service));
    EXPECT_TRUE(meet(rule("a.example").service, rule("a.example/icmp").service));
}

TEST(RuleCover, TwentyThousandRulesAreReadAndCompared)
{
    std::string text = "[gateway]\nuplink = \"wan0\"\n[[connection]]\nname = \"a\"\npeer = \"198.51.100.7\"\n"
                       "psk = { file = \"/k\" }\nremote_subnets = [\"10.20.0.0/16\"]\n"
                       "[egress]\nresolvers = [\"9.9.9.9\"]\n[[egress.policy]]\nsources = [\"10.1.0.0/24\"]\n"
                       "tags = [\"t\"]\n[[egress.tag]]\nname = \"t\"\nallow = [\n";
    for (int i = 0; i < 10'000; ++i)
        text +=
            "\"*.d" + std::to_string(i) + ".example:443/tcp\",\n\"w.d" + std::to_string(i) + ".example:443/tcp\",\n";
    const auto loaded = load({{"t", text + "]\n"}});
    ASSERT_TRUE(loaded.config);
    EXPECT_EQ(loaded.config->egress->tags.at(0).allow.size(), 20'000U);
    EXPECT_EQ(loaded.diagnostics.size(), 10'000U); // every second is covered by the one before
}

} // namespace
} // namespace linkspan::config
