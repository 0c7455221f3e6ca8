#include "egress/seen.h"

#include <gtest/gtest.h>

namespace linkspan::egress {
namespace {

const IpAddress client = *IpAddress::parse("10.1.0.10"), other = *IpAddress::parse("10.1.0.11");

std::shared_ptr<const DnsName> name(const char* text)
{
    return std::make_shared<const DnsName>(*DnsName::parse(text));
}

TEST(Seen, TheNewestNameCountsAndEachClientHasItsOwn)
{
    Seen seen{8};
    seen.note(client, other, name("a.example"));
    seen.note(client, other, name("b.example"));
    EXPECT_EQ(seen.name_of(client, other)->text(), "b.example");
    EXPECT_FALSE(seen.name_of(other, client));
}

TEST(Seen, WhatWasSeenLongestAgoGoesFirst)
{
    Seen seen{2};
    const auto address = [](std::uint8_t last) { return IpAddress{Family::V4, {192, 0, 2, last}}; };
    seen.note(client, address(1), name("one.example"));
    seen.note(client, address(2), name("two.example"));
    seen.note(client, address(1), name("one.example"));
    seen.note(client, address(3), name("three.example"));
    EXPECT_TRUE(seen.name_of(client, address(1)));
    EXPECT_FALSE(seen.name_of(client, address(2)));
    EXPECT_EQ(seen.size(), 2U);
}

} // namespace
} // namespace linkspan::egress
