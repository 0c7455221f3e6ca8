#include "cli/nat_lookup.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace linkspan::cli {
namespace {

const auto gateway = boost::json::parse(R"({"connections": [
  {"name": "a", "backup_of": null, "nat": [{"ours": true, "here": "10.1.0.0/16", "there": "100.64.0.0/16"},
                                           {"ours": false, "here": "100.65.4.0/22", "there": "10.1.8.0/22"}]},
  {"name": "a+backup", "backup_of": "a", "nat": [{"ours": true, "here": "10.1.0.0/16", "there": "100.64.0.0/16"}]},
  {"name": "plain", "backup_of": null, "nat": []}]})")
                         .as_object();

std::string answer(const char* address)
{
    const auto ip = IpAddress::parse(address).value();
    return render_meanings(ip, meanings_of(gateway, ip), rule_meanings_of(gateway, ip));
}

TEST(NatLookup, AnswersInBothDirections)
{
    EXPECT_EQ(answer("100.65.6.9"), "100.65.6.9 here is a host behind a; its own address is 10.1.10.9\n");
    EXPECT_EQ(answer("100.64.2.3"), "100.64.2.3 at the peer of a is a host of ours; here it is 10.1.2.3\n");
}

TEST(NatLookup, AnAddressOfBothSidesHasTwoMeanings)
{
    EXPECT_EQ(answer("10.1.10.9"), "10.1.10.9 here is a host of ours; the peer of a sees it as 100.64.10.9\n"
                                   "10.1.10.9 at the peer of a is a host behind a; here it is 100.65.6.9\n");
}

TEST(NatLookup, SaysWhereNobodyMapsIt)
{
    EXPECT_EQ(answer("192.0.2.1"), "192.0.2.1: no connection maps it\n");
    EXPECT_EQ(answer("fd00::1"), "fd00::1: no connection maps it\n");
}

const auto ruled = boost::json::parse(R"({"connections": [{"name": "b", "backup_of": null, "nat": [], "rules": [
  {"from": "local", "source": ["10.1.0.0/16"], "destination": [], "source_to": "100.64.0.1", "destination_to": ""},
  {"from": "local", "source": [], "destination": ["172.16.0.0/24"], "source_to": "", "destination_to": "10.20.5.0/24"},
  {"from": "remote", "source": [], "destination": ["100.64.0.2/32"], "source_to": "", "destination_to": "10.1.0.80"},
  {"from": "remote", "source": ["10.20.0.0/16"], "destination": [], "source_to": "10.1.0.1", "destination_to": ""}]}]})")
                       .as_object();

std::string by_rules(const char* address)
{
    const auto ip = IpAddress::parse(address).value();
    return render_meanings(ip, {}, rule_meanings_of(ruled, ip));
}

TEST(NatLookup, RulesAnswerInBothDirections)
{
    EXPECT_EQ(by_rules("10.1.0.7"),
              "10.1.0.7 here is ours; in sessions it begins, the peer of b sees it as 100.64.0.1 (rule 1)\n");
    EXPECT_EQ(by_rules("100.64.0.1"),
              "100.64.0.1 at the peer of b stands for 10.1.0.0/16 of ours, in sessions begun here (rule 1)\n");
    EXPECT_EQ(by_rules("172.16.0.9"), "172.16.0.9 here leads to 10.20.5.9 behind b (rule 2)\n");
    EXPECT_EQ(by_rules("100.64.0.2"), "100.64.0.2 at the peer of b leads to 10.1.0.80 here (rule 3)\n");
    EXPECT_EQ(by_rules("10.20.5.9"), "10.20.5.9 behind b is reached from here as 172.16.0.9 (rule 2)\n"
                                     "10.20.5.9 behind b is seen here as 10.1.0.1, in sessions it begins (rule 4)\n");
}

TEST(NatLookup, IsSaidInJson)
{
    const auto ip = IpAddress::parse("100.65.6.9").value();
    EXPECT_EQ(json_of(ip, meanings_of(gateway, ip), {}),
              R"({"address":"100.65.6.9","meanings":[{"connection":"a","ours":false,"asked_here":true,)"
              R"("here":"100.65.6.9","there":"10.1.10.9"}],"rules":[]})"
              "\n");
}

/// The mapping one to one comes after the rules on the way out, and before them on the way in.
TEST(NatLookup, OfARuleThePeerSeesWhatTheMappingMakesOfIt)
{
    const auto both = boost::json::parse(R"({"connections": [{"name": "a", "backup_of": null,
        "nat": [{"ours": true, "here": "10.1.0.0/16", "there": "100.64.0.0/16"}],
        "rules": [{"from": "local", "source": ["10.1.0.0/24"], "destination": [], "source_to": "10.1.9.1-10.1.9.4"},
                  {"from": "remote", "source": [], "destination": ["10.1.8.1/32"], "destination_to": "10.1.0.80"}]}]})")
                          .as_object();
    const auto by_rule = [&](const char* address) {
        const auto ip = IpAddress::parse(address).value();
        return render_meanings(ip, {}, rule_meanings_of(both, ip));
    };
    EXPECT_EQ(by_rule("10.1.0.7"), "10.1.0.7 here is ours; in sessions it begins, the peer of a sees it as "
                                   "100.64.9.1-100.64.9.4 (rule 1)\n");
    EXPECT_EQ(by_rule("100.64.9.4"),
              "100.64.9.4 at the peer of a stands for 10.1.0.0/24 of ours, in sessions begun here (rule 1)\n");
    EXPECT_EQ(by_rule("100.64.8.1"), "100.64.8.1 at the peer of a leads to 10.1.0.80 here (rule 2)\n");
    EXPECT_EQ(by_rule("10.1.0.80"), "10.1.0.80 here is ours; in sessions it begins, the peer of a sees it as "
                                    "100.64.9.1-100.64.9.4 (rule 1)\n"
                                    "10.1.0.80 here is reached by the peer of a as 100.64.8.1 (rule 2)\n");
    EXPECT_EQ(by_rule("10.1.9.1"), "10.1.9.1: no connection maps it\n");
}

} // namespace
} // namespace linkspan::cli
