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
    return render_meanings(ip, meanings_of(gateway, ip));
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

TEST(NatLookup, IsSaidInJson)
{
    const auto ip = IpAddress::parse("100.65.6.9").value();
    EXPECT_EQ(json_of(ip, meanings_of(gateway, ip)),
              R"({"address":"100.65.6.9","meanings":[{"connection":"a","ours":false,"asked_here":true,)"
              R"("here":"100.65.6.9","there":"10.1.10.9"}]})"
              "\n");
}

} // namespace
} // namespace linkspan::cli
