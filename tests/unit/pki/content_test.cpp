#include "pki/content.h"

#include "tests/fake/certificates.h"

#include <gtest/gtest.h>

namespace linkspan::pki {
namespace {

std::string pem(const std::string& label)
{
    return "Bag Attributes\n-----BEGIN " + label + "-----\nhunter2\n-----END " + label + "-----\n";
}

TEST(Content, IsToldByTheFirstLabel)
{
    fake::Made own;
    fake::sign(own, "CN=edge-1", nullptr);
    EXPECT_EQ(content_of(own.text()), "it holds a certificate");
    EXPECT_EQ(content_of(own.key_text()), "it holds a private key");
    EXPECT_EQ(content_of(own.text() + own.key_text()), "it holds a certificate");
    EXPECT_TRUE(content_of(pem("CERTIFICATE REQUEST")).contains("has not signed yet"));
    EXPECT_TRUE(content_of(pem("OPENSSH PRIVATE KEY")).contains("ssh-keygen"));
}

TEST(Content, OfPkcs12IsToldByItsFirstBytes)
{
    const std::string bundle{"\x30\x82\x09\x51\x02\x01\x03\x30\x82", 9};
    EXPECT_TRUE(content_of(bundle).contains("openssl pkcs12"));
    EXPECT_EQ(content_of(bundle.substr(0, 6)), "it holds nothing known");
}

TEST(Content, ThatNobodyKnowsIsNotQuoted)
{
    EXPECT_EQ(content_of("hunter2"), "it holds nothing known");
    EXPECT_EQ(content_of(pem("SOMETHING ELSE")), "it holds nothing known");
    EXPECT_EQ(content_of("-----BEGIN "), "it holds nothing known");
    EXPECT_EQ(content_of(""), "it is empty");
}

} // namespace
} // namespace linkspan::pki
