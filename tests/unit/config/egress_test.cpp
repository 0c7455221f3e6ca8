#include "config/load.h"

#include <gtest/gtest.h>

namespace linkspan::config {
namespace {

const std::string gateway = "[gateway]\nuplink = \"wan0\"\nlan = [\"lan0\"]\n"
                            "[[connection]]\nname = \"a\"\npeer = \"198.51.100.7\"\npsk = { file = \"/k\" }\n"
                            "remote_subnets = [\"10.20.0.0/16\"]\n";

std::string messages(const Loaded& loaded)
{
    std::string text;
    for (const auto& d : loaded.diagnostics) text += d.message + "\n";
    return text;
}

Egress egress_of(const std::string& text)
{
    const auto loaded = load({{"t.toml", gateway + text}});
    EXPECT_TRUE(loaded.config) << messages(loaded);
    return loaded.config && loaded.config->egress ? *loaded.config->egress : Egress{};
}

TEST(LoadEgress, AMissingKeyMeansTheSafeWord)
{
    const auto egress = egress_of("[egress]\nresolvers = [\"9.9.9.9\"]\n[[egress.tag]]\nname = \"t\"\n"
                                  "allow = [\"example.com\"]\n[[egress.policy]]\nsources = [\"10.1.0.0/24\"]\n"
                                  "tags = [\"t\"]\n");
    EXPECT_EQ(egress.mode, EgressMode::Enforce);
    EXPECT_EQ(egress.other_resolvers, OtherResolvers::Refuse);
    EXPECT_EQ(egress.dot, HiddenDns::Refuse);
    EXPECT_EQ(egress.doh, HiddenDns::Refuse);
    EXPECT_EQ(egress.sni, SniCheck::IfPresent);
    EXPECT_EQ(egress.nat, EgressNat::Off);
    EXPECT_EQ(egress.private_ranges, PrivateRanges::ByRule);
    EXPECT_EQ(egress.minimum_ttl, std::chrono::minutes{1});
    EXPECT_EQ(egress.limits, EgressLimits{});
    ASSERT_EQ(egress.policies.size(), 1U);
    EXPECT_EQ(egress.policies[0].fallback, EgressDefault::Deny);
}

TEST(LoadEgress, EveryWordArrives)
{
    const auto egress = egress_of(R"([egress]
mode = "discover"
resolvers = ["9.9.9.9", "2620:fe::fe"]
other_resolvers = "redirect"
dot = "by-rule"
doh = "by-rule"
sni = "require"
nat = ["203.0.113.9", "2001:db8::9"]
private_ranges = "pass"
private_answers = ["10.8.0.0/16"]
minimum_ttl = "2m"
maximum_ttl = "1h"
grace = 30
limits = { addresses = 200000, addresses_per_client = 100, addresses_per_answer = 7, questions_per_client = 99, held = 128, log_rate = 3 }

[[egress.tag]]
name  = "patching"
allow = ["*.Ubuntu.com.:80,443/tcp", "192.0.2.0/24:22/tcp"]
deny  = ["192.0.2.128/25:22/tcp"]

[[egress.policy]]
sources      = ["10.1.0.0/24", "2001:db8:1::/64"]
tags         = ["patching"]
default      = "allow"
pass_through = ["198.51.100.0/24"]
)");
    EXPECT_EQ(egress.mode, EgressMode::Discover);
    EXPECT_EQ(egress.resolvers.size(), 2U);
    EXPECT_EQ(egress.other_resolvers, OtherResolvers::Redirect);
    EXPECT_EQ(egress.dot, HiddenDns::ByRule);
    EXPECT_EQ(egress.doh, HiddenDns::ByRule);
    EXPECT_EQ(egress.sni, SniCheck::Require);
    EXPECT_EQ(egress.nat, EgressNat::Address);
    EXPECT_EQ(egress.nat_addresses.size(), 2U);
    EXPECT_EQ(egress.private_ranges, PrivateRanges::Pass);
    EXPECT_EQ(egress.private_answers.at(0).text(), "10.8.0.0/16");
    EXPECT_EQ(egress.minimum_ttl.count(), 120);
    EXPECT_EQ(egress.maximum_ttl.count(), 3600);
    EXPECT_EQ(egress.grace.count(), 30);
    EXPECT_EQ(egress.limits, (EgressLimits{200'000, 100, 7, 99, 128, 3}));
    ASSERT_EQ(egress.tags.size(), 1U);
    EXPECT_EQ(egress.tags[0].allow.at(0).text(), "*.ubuntu.com:80,443/tcp");
    EXPECT_EQ(egress.tags[0].allow.at(1).text(), "192.0.2.0/24:22/tcp");
    EXPECT_EQ(egress.tags[0].deny.at(0).text(), "192.0.2.128/25:22/tcp");
    ASSERT_EQ(egress.policies.size(), 1U);
    EXPECT_EQ(egress.policies[0].sources.size(), 2U);
    EXPECT_EQ(egress.policies[0].fallback, EgressDefault::Allow);
    EXPECT_EQ(egress.policies[0].pass_through.at(0).text(), "198.51.100.0/24");
    EXPECT_EQ(egress.policies[0].pos.line, 29U);
}

TEST(LoadEgress, MasqueradeIsAWord)
{
    EXPECT_EQ(egress_of("[egress]\nmode = \"off\"\nnat = \"masquerade\"\n").nat, EgressNat::Masquerade);
}

TEST(LoadEgress, TagsAndPoliciesOfSeveralFilesCount)
{
    const auto loaded = load({{"linkspan.toml", gateway + "[egress]\nresolvers = [\"9.9.9.9\"]\n"},
                              {"a.toml", "[[egress.tag]]\nname = \"t\"\nallow = [\"example.com\"]\n"},
                              {"b.toml", "[[egress.policy]]\nsources = [\"10.1.0.0/24\"]\ntags = [\"t\"]\n"}});
    ASSERT_TRUE(loaded.config) << messages(loaded);
    ASSERT_TRUE(loaded.config->egress);
    EXPECT_EQ(loaded.config->egress->tags.size(), 1U);
    EXPECT_EQ(loaded.config->egress->policies.size(), 1U);
    EXPECT_EQ(loaded.config->egress->resolvers.size(), 1U);
    EXPECT_EQ(*loaded.config->egress->pos.file, "linkspan.toml");
}

TEST(LoadEgress, ATagThatIsNotEnabledIsNowhere)
{
    const auto egress = egress_of("[egress]\nresolvers = [\"9.9.9.9\"]\n[[egress.tag]]\nname = \"t\"\nenabled = false\n"
                                  "allow = [\"example.com\"]\n[[egress.policy]]\nsources = [\"10.1.0.0/24\"]\n"
                                  "tags = [\"t\"]\n");
    EXPECT_TRUE(egress.tags.empty());
    ASSERT_EQ(egress.policies.size(), 1U);
    EXPECT_TRUE(egress.policies[0].tags.empty());
}

std::string refusal_of(const std::string& policies)
{
    return messages(load({{"t.toml", gateway +
                                         "[egress]\nresolvers = [\"9.9.9.9\"]\n[[egress.tag]]\nname = \"t\"\n"
                                         "allow = [\"*.example.com\"]\ndeny = [\"bad.example.com\"]\n" +
                                         policies}}));
}

TEST(LoadEgress, ANameIsNotDeniedWhereEveryAddressIsOpen)
{
    const std::string wide = "[[egress.policy]]\nsources = [\"10.1.0.0/16\"]\ntags = [\"t\"]\n";
    const std::string narrow = "[[egress.policy]]\nsources = [\"10.1.9.0/24\"]\ntags = []\ndefault = ";
    EXPECT_EQ(refusal_of(wide), "");
    EXPECT_EQ(refusal_of(wide + narrow + "\"deny\"\n"), "these hosts reach nothing at all\n");
    EXPECT_NE(refusal_of(wide + narrow + "\"allow\"\n").find("denies the name bad.example.com"), std::string::npos);
    EXPECT_NE(refusal_of(wide + "default = \"allow\"\n").find("denies the name bad.example.com"), std::string::npos);
}

TEST(LoadEgress, WithoutAConnectionThereIsStillSomethingToDo)
{
    const auto loaded =
        load({{"t.toml", "[gateway]\nuplink = \"wan0\"\nlan = [\"lan0\"]\n[egress]\nresolvers = [\"9.9.9.9\"]\n"
                         "[[egress.tag]]\nname = \"t\"\nallow = [\"example.com\"]\n[[egress.policy]]\n"
                         "sources = [\"10.1.0.0/24\"]\ntags = [\"t\"]\n"}});
    EXPECT_TRUE(loaded.config);
    EXPECT_EQ(messages(loaded), "");
}

} // namespace
} // namespace linkspan::config
