#include "ike/findings.h"

#include "specs.h"

#include <gtest/gtest.h>

namespace linkspan::ike {
namespace {

using test::spec;

std::map<ConnectionName, ConnectionSpec> both(const ConnectionSpec& a, const ConnectionSpec& b)
{
    return {{a.name, a}, {b.name, b}};
}

TEST(Ambiguities, TwoKeysForOnePairOfIdentities)
{
    auto other = spec("b", "198.51.100.8");
    other.remote_id = spec("a").remote_id;
    EXPECT_TRUE(find_ambiguities(both(spec("a"), other)).empty()) << "one key may serve several addresses";
    other.psk = test::key("another");
    const auto found = find_ambiguities(both(spec("a"), other));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].first, spec("a").name);
    EXPECT_EQ(found[0].second, spec("b").name);
}

TEST(Ambiguities, TwoConnectionsBetweenTheSameEnds)
{
    EXPECT_EQ(find_ambiguities(both(spec("a"), spec("b"))).size(), 1U);
    EXPECT_TRUE(find_ambiguities(both(spec("a"), spec("b", "198.51.100.8"))).empty());
}

TEST(Ambiguities, DistinctIdentitiesTellConnectionsToOnePeerApart)
{
    auto a = spec("a");
    auto b = spec("b");
    a.local_id = "edge-a";
    b.local_id = "edge-b";
    b.psk = test::key("another");
    EXPECT_TRUE(find_ambiguities(both(a, b)).empty());
    b.local_id = "fqdn:EDGE-A";
    EXPECT_EQ(find_ambiguities(both(a, b)).size(), 1U) << "another notation is no other identity";
}

TEST(Ambiguities, MainModeFindsItsKeyByAddress)
{
    auto a = spec("a");
    auto b = spec("b");
    a.local_id = "edge-a";
    b.psk = test::key("another");
    b.version = 1;
    EXPECT_EQ(find_ambiguities(both(a, b)).size(), 1U);
    b.aggressive = true;
    EXPECT_TRUE(find_ambiguities(both(a, b)).empty()) << "aggressive mode sends the identity first";
    b.aggressive = false;
    b.psk = a.psk;
    EXPECT_TRUE(find_ambiguities(both(a, b)).empty());
    b.psk = test::key("another");
    b.remote = *IpAddress::parse("198.51.100.8");
    EXPECT_TRUE(find_ambiguities(both(a, b)).empty());
}

TEST(Ambiguities, AKeyAndACertificateAreNotMixedUp)
{
    EXPECT_TRUE(find_ambiguities(both(spec("a"), test::x509_spec("b"))).empty());
    EXPECT_EQ(find_ambiguities(both(test::x509_spec("a"), test::x509_spec("b"))).size(), 1U);
}

} // namespace
} // namespace linkspan::ike
