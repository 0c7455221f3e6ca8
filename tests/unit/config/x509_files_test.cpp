#include "config/x509_files.h"

#include "config/secrets.h"
#include "tests/fake/certificates.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace linkspan::config {
namespace {

namespace fs = std::filesystem;
using fake::Made;

/// Files that fit together; each test spoils one.
class X509FilesTest : public testing::Test {
protected:
    X509FilesTest()
    {
        EXPECT_NE(::mkdtemp(directory_.data()), nullptr);
        fake::sign(authority_, "CN=Example CA", nullptr);
        fake::add_name(edge_, GNUTLS_SAN_DNSNAME, "edge-1.example.org");
        fake::sign(edge_, "CN=edge-1,O=Example", &authority_);
        fake::add_name(hub_, GNUTLS_SAN_DNSNAME, "hub.example.org");
        fake::sign(hub_, "CN=hub", &authority_);
        X509Source source;
        source.certificate = write("edge.pem", edge_.text() + authority_.text());
        source.key = {SecretSource::Kind::File, write("edge.key", edge_.key_text()).path, {}};
        source.ca = {write("ca.pem", authority_.text())};
        source.crl = {write("ca.crl", fake::revocation_list(authority_))};
        connection_.x509 = source;
        connection_.remote_id = "hub.example.org";
    }
    ~X509FilesTest() override { fs::remove_all(directory_); }

    NamedFile write(const std::string& name, const std::string& content)
    {
        const auto path = directory_ + "/" + name;
        std::ofstream{path} << content;
        EXPECT_EQ(::chmod(path.c_str(), 0600), 0);
        return {path, {}};
    }
    std::string refusal()
    {
        const auto files = read_x509(connection_, "");
        return files ? "accepted" : files.error().what;
    }
    std::vector<Expiry> at(WallTime now)
    {
        return not_in_force(*connection_.x509, read_x509(connection_, "").value(), now);
    }

    std::string directory_ = fs::temp_directory_path() / "linkspan-x509-XXXXXX";
    Made authority_;
    Made edge_;
    Made hub_;
    Connection connection_;
};

TEST_F(X509FilesTest, AreReadWhereTheyFitTogether)
{
    connection_.local_id = "edge-1.example.org";
    connection_.x509->remote_certificate = write("hub.pem", hub_.text());
    const auto files = read_x509(connection_, "");
    ASSERT_TRUE(files) << files.error().what;
    EXPECT_EQ(files->chain.size(), 2U);
    EXPECT_EQ(files->ca.size(), 1U);
    EXPECT_EQ(files->crls.size(), 1U);
    EXPECT_TRUE(files->remote);
    EXPECT_EQ(files->key->reveal(), edge_.key_text());
}

TEST_F(X509FilesTest, AKeyOfAnotherCertificateIsRefused)
{
    write("edge.key", hub_.key_text());
    EXPECT_TRUE(refusal().contains("is the key of another certificate"));
    write("edge.key", hub_.pkcs8("password"));
    EXPECT_TRUE(refusal().contains("is encrypted"));
    write("edge.key", "");
    EXPECT_TRUE(refusal().contains("is empty"));
    write("edge.key", edge_.key_text());
    EXPECT_EQ(::chmod((directory_ + "/edge.key").c_str(), 0644), 0);
    EXPECT_TRUE(refusal().contains("chmod 600"));
}

TEST_F(X509FilesTest, AnIdentityTheCertificateDoesNotConfirmIsRefused)
{
    connection_.local_id = "edge-2.example.org";
    EXPECT_TRUE(refusal().contains("does not confirm `local_id` \"edge-2.example.org\""));
    connection_.local_id = "O=Example, CN=edge-1";
    EXPECT_EQ(refusal(), "accepted");
    connection_.x509->remote_certificate = write("hub.pem", edge_.text());
    EXPECT_TRUE(refusal().contains("does not confirm `remote_id` \"hub.example.org\""));
}

TEST_F(X509FilesTest, WhatIsNotWhatItIsNamedForIsRefused)
{
    write("ca.pem", hub_.text());
    EXPECT_TRUE(refusal().contains("is not a certificate authority"));
    write("ca.pem", "nothing");
    EXPECT_TRUE(refusal().contains("holds nothing known, and no certificate"));
    write("ca.pem", authority_.text());
    write("ca.crl", "nothing");
    EXPECT_TRUE(refusal().contains("and no certificate revocation list"));
    write("ca.crl", fake::revocation_list(authority_, false));
    EXPECT_TRUE(refusal().contains("does not name the key of its authority"));
    write("edge.pem", edge_.text() + edge_.key_text());
    EXPECT_TRUE(refusal().contains("holds a private key"));
    fs::remove(directory_ + "/edge.pem");
    EXPECT_TRUE(refusal().contains("does not exist"));
    connection_.x509->certificate.path = directory_;
    EXPECT_TRUE(refusal().contains("not a regular file"));
}

TEST_F(X509FilesTest, TheEndIsWarnedOfAndThenTold)
{
    EXPECT_TRUE(at(fake::made_from).empty());
    const auto soon = at(fake::made_until - std::chrono::days{3});
    ASSERT_EQ(soon.size(), 3U) << "certificate, intermediate, CA";
    EXPECT_TRUE(soon[0].is_warning);
    EXPECT_TRUE(soon[0].what.contains("expires on 2024-11-13 22:13 UTC")) << soon[0].what;
    const auto over = at(fake::made_until);
    EXPECT_FALSE(over[0].is_warning);
    EXPECT_TRUE(over[0].what.contains("expired on 2024-11-13"));
    EXPECT_TRUE(
        at(fake::made_from - std::chrono::seconds{1})[0].what.contains("not valid before 2023-11-14 22:13 UTC"));
}

TEST_F(X509FilesTest, CheckTellsAllOfIt)
{
    Config config;
    connection_.name = {"a"};
    connection_.x509->certificate.pos.file = std::make_shared<const std::string>("linkspan.toml");
    config.connections = {connection_};
    EXPECT_TRUE(check_secrets(config, "", fake::made_from).empty());
    EXPECT_TRUE(has_errors(check_secrets(config, "", fake::made_until)));
    const auto soon = check_secrets(config, "", fake::made_until - std::chrono::days{3});
    EXPECT_FALSE(soon.empty());
    EXPECT_FALSE(has_errors(soon));
    write("edge.key", hub_.key_text());
    EXPECT_TRUE(has_errors(check_secrets(config, "", fake::made_from)));
}

} // namespace
} // namespace linkspan::config
