#include "egress/discovery.h"

#include <gtest/gtest.h>

#include <vector>

namespace linkspan::egress {
namespace {

TEST(Discovery, CountsAndKnowsItsBounds)
{
    Discovery discovery{2};
    for (const std::uint16_t port : std::vector<std::uint16_t>{443, 443, 80, 22})
        discovery.used({"www.example.com", 6, port});
    for (const auto* name : {"a.example", "b.example", "c.example"}) discovery.asked(*DnsName::parse(name));
    EXPECT_EQ(discovery.uses().at({"www.example.com", 6, 443}), 2U);
    EXPECT_EQ(discovery.uses().size(), 2U);
    EXPECT_EQ(discovery.questions().size(), 2U);
    EXPECT_EQ(discovery.left_out(), 2U);
}

} // namespace
} // namespace linkspan::egress
