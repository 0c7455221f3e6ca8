#include "cli/egress_target.h"

#include <gtest/gtest.h>

namespace linkspan::cli {
namespace {

TEST(EgressTarget, NamesAndAddressesWithAService)
{
    EXPECT_EQ(parse_target("example.com:443"), (EgressTarget{"example.com", 443, "tcp"}));
    EXPECT_EQ(parse_target("192.0.2.7:123/udp"), (EgressTarget{"192.0.2.7", 123, "udp"}));
    EXPECT_EQ(parse_target("[2001:db8::7]:443/tcp"), (EgressTarget{"2001:db8::7", 443, "tcp"}));
    EXPECT_EQ(parse_target("example.com/icmp"), (EgressTarget{"example.com", 0, "icmp"}));
    EXPECT_EQ(parse_target("2001:db8::7/icmp"), (EgressTarget{"2001:db8::7", 0, "icmp"}));
}

TEST(EgressTarget, WhatIsUnclearIsNotGuessed)
{
    for (const auto* text : {"", "example.com", ":443", "example.com:", "example.com:0", "example.com:65536",
                             "example.com:443/sctp", "2001:db8::7:443", "example.com:443x", "[]:443"})
        EXPECT_FALSE(parse_target(text)) << text;
}

} // namespace
} // namespace linkspan::cli
