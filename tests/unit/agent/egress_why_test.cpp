#include "agent/egress_why.h"

#include <gtest/gtest.h>

namespace linkspan::agent {
namespace {

using namespace std::chrono_literals;

const Monotonic now{1000s};

EgressRule rule(const char* text)
{
    return *EgressRule::parse(text);
}

egress::Inspector inspector()
{
    egress::Inspector made{
        {.policy = egress::SharedPolicy{
             {{{"web", {rule("www.example.com:443/tcp"), rule("example.com:80/tcp"), rule("192.0.2.0/24:25/tcp")}, {}}},
              {{{*IpPrefix::parse("10.1.0.0/24")}, {"web"}}}}}}};
    for (const auto& [address, name] :
         {std::pair{"198.51.100.2", "example.com"}, {"198.51.100.21", "www.example.com"}}) {
        const auto opened = std::make_shared<const DnsName>(*DnsName::parse(name));
        (void)made.adopt({*IpAddress::parse("10.1.0.10"), *IpAddress::parse(address), {opened}, {}, now + 60s}, now);
    }
    return made;
}

bus::EgressWhy why(const char* target, std::uint16_t port, const char* source = "10.1.0.10")
{
    return *why_of(inspector(), {source, target, "tcp", port}, now);
}

TEST(EgressWhy, AnAddressIsOpenByItsNamesRule)
{
    const auto found = why("198.51.100.21", 443);
    EXPECT_TRUE(found.allowed);
    EXPECT_EQ(found.rule, "www.example.com:443/tcp");
    ASSERT_EQ(found.opened.size(), 1U);
    EXPECT_EQ(found.opened[0].address, "198.51.100.21");
}

TEST(EgressWhy, OnlyWhatIsAskedAboutIsOpen)
{
    EXPECT_EQ(why("198.51.100.2", 80).opened.size(), 1U) << "not the addresses that begin like it";
    EXPECT_EQ(why("example.com", 80).opened.size(), 1U) << "not the names that end like it";
    EXPECT_EQ(why("Example.COM.", 80).opened.size(), 1U) << "however it is written";
    EXPECT_TRUE(why("198.51.100.21", 443, "10.1.0.11").opened.empty()) << "nor another host's";
}

TEST(EgressWhy, NothingIsOpenAtAPortThatIsRefused)
{
    const auto found = why("198.51.100.21", 80);
    EXPECT_FALSE(found.allowed);
    EXPECT_TRUE(found.opened.empty());
    EXPECT_TRUE(why("www.example.com", 80).opened.empty());
}

TEST(EgressWhy, AQuestionWithoutSenseIsToldSo)
{
    EXPECT_FALSE(why_of(inspector(), {"host", "example.com", "tcp", 80}, now));
    EXPECT_FALSE(why_of(inspector(), {"10.1.0.10", "example.com", "sctp", 80}, now));
    EXPECT_FALSE(why_of(inspector(), {"10.1.0.10", "example..com", "tcp", 80}, now));
}

} // namespace
} // namespace linkspan::agent
