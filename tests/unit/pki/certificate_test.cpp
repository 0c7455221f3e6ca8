#include "pki/certificate.h"

#include "tests/fake/certificates.h"

#include <gtest/gtest.h>

namespace linkspan::pki {
namespace {

using fake::Made;

class CertificateTest : public testing::Test {
protected:
    CertificateTest()
    {
        fake::sign(authority_, "CN=Example CA,O=Example", nullptr);
        fake::add_name(edge_, GNUTLS_SAN_DNSNAME, "Edge-1.example.org");
        fake::add_name(edge_, GNUTLS_SAN_RFC822NAME, "noc@example.org");
        fake::add_name(edge_, GNUTLS_SAN_IPADDRESS, {"\xcb\x00\x71\x0a", 4});
        fake::sign(edge_, "CN=edge-1,OU=Two,OU=One,O=Example,C=DE", &authority_);
    }
    static Certificate decoded(const std::string& bytes)
    {
        auto all = decode_certificates(bytes);
        EXPECT_TRUE(all) << (all ? "" : all.error().what);
        return all ? all->front() : Certificate{};
    }
    static bool confirmed(const Certificate& certificate, const char* identity)
    {
        return confirms(certificate, Identity::parse(identity).value());
    }

    Made authority_;
    Made edge_;
};

TEST_F(CertificateTest, PemAndDerAreTheSame)
{
    const auto pem = decoded(edge_.text());
    EXPECT_EQ(pem, decoded(edge_.text(GNUTLS_X509_FMT_DER)));
    EXPECT_EQ(pem.der, edge_.text(GNUTLS_X509_FMT_DER));
    EXPECT_EQ(pem.not_before, fake::made_from);
    EXPECT_EQ(pem.not_after, fake::made_until);
    EXPECT_FALSE(pem.authority);
    EXPECT_TRUE(decoded(authority_.text()).authority);
    EXPECT_TRUE(pem.subject.contains("CN=edge-1"));
}

TEST_F(CertificateTest, AFileMayHoldAChain)
{
    const auto chain = decode_certificates(edge_.text() + authority_.text());
    ASSERT_TRUE(chain);
    ASSERT_EQ(chain->size(), 2U);
    EXPECT_EQ((*chain)[0], decoded(edge_.text()));
    EXPECT_EQ((*chain)[1], decoded(authority_.text()));
}

TEST_F(CertificateTest, ConfirmsWhatStandsInItAndNothingElse)
{
    const auto edge = decoded(edge_.text());
    for (const auto* good :
         {"edge-1.example.org", "@EDGE-1.example.org", "noc@example.org", "203.0.113.10", "keyid:#010203",
          "C=DE, O=Example, OU=One, OU=Two, CN=edge-1", "/C=de/O=example/OU=One/OU=Two/CN=EDGE-1", "%any"})
        EXPECT_TRUE(confirmed(edge, good)) << good;
    EXPECT_TRUE(confirmed(edge, subject_identity(edge).c_str()));
    for (const auto* bad :
         {"edge-2.example.org", "203.0.113.11", "edge-1.example.org@x", "keyid:010203", "keyid:#0102",
          "CN=edge-1, OU=Two, OU=One, O=Example, C=DE", "C=DE, O=Example, OU=One, OU=Two",
          "C=DE, O=Example, OU=One, OU=Two, CN=edge-1, CN=x", "C=DE, O=Example, OU=One, OU=One, CN=edge-1"})
        EXPECT_FALSE(confirmed(edge, bad)) << bad;
    EXPECT_TRUE(identities_of(edge).contains("edge-1.example.org, noc@example.org, 203.0.113.10"));
}

TEST_F(CertificateTest, WhatIsNoneIsRefused)
{
    auto truncated = edge_.text(GNUTLS_X509_FMT_DER);
    truncated.resize(truncated.size() / 2);
    for (const auto& bytes : {std::string{}, std::string{"hello"}, truncated, edge_.key_text(),
                              std::string{"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}})
        EXPECT_FALSE(decode_certificates(bytes)) << bytes.substr(0, 30);
}

} // namespace
} // namespace linkspan::pki
