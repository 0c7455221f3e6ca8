#include "agent/refusal_entry.h"

#include <gmock/gmock.h>

namespace linkspan::agent {
namespace {

using testing::Contains;
using testing::Pair;

TEST(RefusalEntry, SaysWhoWantedWhatAndByWhoseWordNot)
{
    const egress::Refusal refusal{
        .wanted = {*IpAddress::parse("10.1.0.10"), *IpAddress::parse("192.0.2.7"), 6, 443},
        .name = *DnsName::parse("bad.example"),
    };
    const auto entry = entry_of(refusal);
    EXPECT_EQ(entry.message, "refused 10.1.0.10 -> 192.0.2.7:443/tcp (bad.example): no rule");
    EXPECT_THAT(entry.fields, Contains(Pair("EGRESS_NAME", "bad.example")));
    EXPECT_THAT(entry.fields, Contains(Pair("EGRESS_RULE", "no rule")));
}

TEST(RefusalEntry, ProtocolsHaveNamesBothWays)
{
    EXPECT_EQ(protocol_name(58), "icmp");
    EXPECT_EQ(protocol_name(47), "47");
    EXPECT_EQ(protocol_number("udp"), 17);
    EXPECT_FALSE(protocol_number("sctp"));
}

} // namespace
} // namespace linkspan::agent
