#include "ike/diagnosis.h"

#include <gtest/gtest.h>

namespace linkspan::ike {
namespace {

TEST(Diagnosis, ALineOfAConnectionIsThatConnections)
{
    Diagnosis diagnosis;
    EXPECT_FALSE(diagnosis.add({"azure", 1, "initiating IKE_SA azure[1] to 198.51.100.7"}));
    const auto found = diagnosis.add({"azure", 1, "received AUTHENTICATION_FAILED notify error"});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->connection, "azure");
    EXPECT_FALSE(found->peer);
    EXPECT_EQ(found->cause.code, "authentication");
}

TEST(Diagnosis, AnAttemptOfNobodyIsToldByItsAddress)
{
    Diagnosis diagnosis;
    EXPECT_FALSE(diagnosis.add({"", 5, "198.51.100.7 is initiating an IKE_SA"}));
    EXPECT_FALSE(diagnosis.add({"", 6, "2001:db8::7 is initiating a Main Mode IKE_SA"}));
    const auto five = diagnosis.add({"", 5, "received proposals unacceptable"});
    const auto six = diagnosis.add({"", 6, "no proposal found"});
    ASSERT_TRUE(five && six);
    EXPECT_EQ(five->peer, *IpAddress::parse("198.51.100.7"));
    EXPECT_EQ(six->peer, *IpAddress::parse("2001:db8::7"));
    EXPECT_TRUE(five->connection.empty());
}

TEST(Diagnosis, AWrongIdentityIsToldWithWhatThePeerCallsItself)
{
    Diagnosis diagnosis;
    (void)diagnosis.add({"azure", 1, "authentication of 'edge-1' (myself) with pre-shared key"});
    (void)diagnosis.add({"azure", 1, "authentication of 'other.example.org' with pre-shared key successful"});
    const auto found = diagnosis.add({"azure", 1, "constraint check failed: identity 'hub.example.org' required "});
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->cause.said.contains("'other.example.org'")) << found->cause.said;
    EXPECT_TRUE(found->cause.said.contains("'hub.example.org'"));
    (void)diagnosis.add({"", 2, "198.51.100.7 is initiating an IKE_SA"});
    (void)diagnosis.add({"", 2, "looking for peer configs matching 203.0.113.10[edge-9]...198.51.100.7[hub]"});
    const auto nobody = diagnosis.add({"", 2, "no matching peer config found"});
    ASSERT_TRUE(nobody);
    EXPECT_TRUE(nobody->cause.said.contains("203.0.113.10[edge-9]...198.51.100.7[hub]"));
}

TEST(Diagnosis, OfCertificatesTheOneThatThePeerShowsCounts)
{
    Diagnosis diagnosis;
    const auto code_of = [&](const std::string& text) {
        const auto found = diagnosis.add({"azure", 9, text});
        return found ? found->cause.what : "";
    };
    for (int attempt = 0; attempt < 2; ++attempt) {
        EXPECT_EQ(code_of("received end entity cert \"CN=hub\""), "");
        EXPECT_TRUE(
            code_of("certificate was revoked on Nov 20 18:27:40 UTC 2026, reason: unspecified").contains("revoked"));
        EXPECT_EQ(code_of("subject certificate invalid (valid from a to b)"), "") << "one it showed earlier";
        EXPECT_EQ(code_of("no trusted ECDSA public key found for 'hub'"), "");
        EXPECT_TRUE(code_of("received AUTHENTICATION_FAILED notify error").contains("authentication"));
    }
}

TEST(Diagnosis, AnythingMayStandBeforeAndTheOldestAttemptIsForgotten)
{
    Diagnosis diagnosis;
    (void)diagnosis.add({"", 1, "not an address is initiating an IKE_SA"});
    (void)diagnosis.add({"", 0, "198.51.100.7 is initiating an IKE_SA"});
    EXPECT_FALSE(diagnosis.add({"", 1, "received proposals unacceptable"})->peer);
    EXPECT_FALSE(diagnosis.add({"", 0, "received proposals unacceptable"})->peer);
    (void)diagnosis.add({"", 1, "198.51.100.7 is initiating an IKE_SA"});
    EXPECT_TRUE(diagnosis.add({"", 1, "received proposals unacceptable"})->peer);
    for (std::uint64_t id = 2; id < 1000; ++id) (void)diagnosis.add({"", id, "192.0.2.1 is initiating an IKE_SA"});
    EXPECT_FALSE(diagnosis.add({"", 1, "received proposals unacceptable"})->peer);
    EXPECT_TRUE(diagnosis.add({"", 999, "received proposals unacceptable"})->peer);
}

} // namespace
} // namespace linkspan::ike
