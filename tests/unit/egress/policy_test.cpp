#include "egress/policy.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <string>

namespace linkspan::egress {
namespace {

using Names = std::vector<std::string>;

std::vector<EgressRule> rules(std::initializer_list<std::string_view> texts)
{
    std::vector<EgressRule> all;
    for (const auto text : texts) all.push_back(*EgressRule::parse(text));
    return all;
}

const IpAddress client = *IpAddress::parse("10.1.0.7");
const IpAddress stranger = *IpAddress::parse("10.2.0.7");
const IpPrefix site = *IpPrefix::parse("10.1.0.0/24");

Policy policy(std::initializer_list<std::string_view> allow, std::initializer_list<std::string_view> deny = {})
{
    return Policy{{{{"web", rules(allow), rules(deny)}}, {{{site}, {"web"}}}}};
}

/// "allowed by web: rule", "denied by ...", or "no rule".
std::string decision(const Policy& policy, std::string_view name, std::uint16_t port = 443,
                     const IpAddress& who = client)
{
    const auto [allowed, tag, rule] = policy.decide(who, *DnsName::parse(name), 6, port);
    return tag.empty() ? "no rule" : (allowed ? "allowed by " : "denied by ") + tag + ": " + rule;
}

TEST(Policy, AllowsWhatARuleOfTheClientsTagsAllows)
{
    const auto web = policy({"*.example.com:443/tcp"});
    EXPECT_EQ(decision(web, "www.example.com"), "allowed by web: *.example.com:443/tcp");
    EXPECT_EQ(decision(web, "www.example.com", 80), "no rule");
    EXPECT_EQ(decision(web, "example.com"), "no rule");
    EXPECT_EQ(decision(web, "www.example.com", 443, stranger), "no rule");
}

TEST(Policy, DeniesBeforeItAllows)
{
    const auto web = policy({"*.example.com:80,443/tcp", "bad.example.com:443/tcp"}, {"bad.example.com:443"});
    EXPECT_EQ(decision(web, "bad.example.com"), "denied by web: bad.example.com:443");
    EXPECT_EQ(decision(web, "bad.example.com", 80), "allowed by web: *.example.com:80,443/tcp");
}

TEST(Policy, NamesTheMostSpecificRule)
{
    const auto web = policy({"*:443/tcp", "*.example.com:443/tcp", "www.example.com"});
    EXPECT_EQ(decision(web, "www.example.com"), "allowed by web: www.example.com");
    EXPECT_EQ(decision(web, "files.example.com"), "allowed by web: *.example.com:443/tcp");
    EXPECT_EQ(decision(web, "example.net"), "allowed by web: *:443/tcp");
}

TEST(Policy, GivesAHostInSeveralNetworksTheTagsOfAll)
{
    const Policy both{{{{"all", rules({"*:443/tcp"}), {}},
                        {"one", rules({"ssh.example:22/tcp"}), {}},
                        {"none", rules({"other.example"}), rules({"evil.example"})}},
                       {{{*IpPrefix::parse("10.0.0.0/8")}, {"all"}}, {{IpPrefix::host(client)}, {"one"}}}}};
    EXPECT_EQ(decision(both, "a.example"), "allowed by all: *:443/tcp");
    EXPECT_EQ(decision(both, "ssh.example", 22), "allowed by one: ssh.example:22/tcp");
    EXPECT_EQ(decision(both, "ssh.example", 22, stranger), "no rule");
    EXPECT_EQ(decision(both, "other.example", 80), "no rule") << "a tag of nobody";
    EXPECT_EQ(decision(both, "evil.example"), "allowed by all: *:443/tcp") << "denied to nobody";
}

TEST(Policy, LeavesNetworksToTheKernel)
{
    EXPECT_EQ(policy({"192.0.2.0/24:443/tcp"}).classes().size(), 0U);
}

/// A pin opens exactly what a decision about the packet would.
TEST(Policy, AllowsTheClassesOfWhatItWouldDecide)
{
    const auto web = policy({"*.example.com:80,443,8000-8010/tcp", "*.example.com:443/udp", "ping.example.com/icmp"},
                            {"bad.example.com:443", "*.bad.example.com"});
    for (const auto name :
         {"www.example.com", "bad.example.com", "a.bad.example.com", "ping.example.com", "example.com"}) {
        const DnsName host = *DnsName::parse(name);
        const auto allowed = web.allowed(client, host);
        const auto pinned = [&](std::uint32_t point) {
            return std::ranges::any_of(allowed, [&](std::uint16_t number) {
                return std::ranges::any_of(web.classes()[number],
                                           [&](const Stretch& s) { return s.first <= point && point <= s.last; });
            });
        };
        for (const std::uint16_t port : std::initializer_list<std::uint16_t>{22, 80, 443, 8000, 8010, 8011}) {
            EXPECT_EQ(pinned(Stretch::tcp + port), web.decide(client, host, 6, port).allowed) << name << port;
            EXPECT_EQ(pinned(Stretch::udp + port), web.decide(client, host, 17, port).allowed) << name << port;
        }
        EXPECT_EQ(pinned(Stretch::icmp), web.decide(client, host, 1, 0).allowed) << name;
        EXPECT_EQ(pinned(Stretch::other), web.decide(client, host, 47, 0).allowed) << name;
    }
}

} // namespace
} // namespace linkspan::egress
