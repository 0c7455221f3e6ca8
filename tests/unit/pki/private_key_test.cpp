#include "pki/private_key.h"

#include "pki/certificate.h"
#include "tests/fake/certificates.h"

#include <gtest/gtest.h>

namespace linkspan::pki {
namespace {

using fake::Made;

TEST(PrivateKey, HasTheFingerprintOfItsCertificateInEveryForm)
{
    Made own;
    fake::sign(own, "CN=edge-1", nullptr);
    const auto wanted = decode_certificates(own.text()).value().front().public_key;
    EXPECT_FALSE(wanted.empty());
    for (const auto& text : {own.key_text(), own.key_text(GNUTLS_X509_FMT_DER), own.pkcs8()})
        EXPECT_EQ(key_fingerprint(Secret{text}).value_or("none"), wanted);
    const Made other;
    EXPECT_NE(key_fingerprint(Secret{other.key_text()}).value(), wanted);
}

TEST(PrivateKey, WhatIsNoneIsRefusedWithoutAWordOfIt)
{
    Made own;
    const auto refusal = [](const std::string& text) {
        const auto found = key_fingerprint(Secret{text});
        return found ? "accepted" : found.error().what;
    };
    EXPECT_TRUE(refusal(own.pkcs8("password")).contains("is encrypted"));
    EXPECT_FALSE(refusal("hunter2 hunter2").contains("hunter2"));
    EXPECT_TRUE(refusal("").contains("is empty, and no private key"));
    fake::sign(own, "CN=edge-1", nullptr);
    EXPECT_TRUE(refusal(own.text()).contains("holds a certificate, and no private key"));
}

} // namespace
} // namespace linkspan::pki
