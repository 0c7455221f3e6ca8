#include "config/load.h"

#include <gtest/gtest.h>

namespace linkspan::config {
namespace {

const std::string head = "[gateway]\nuplink = \"wan0\"\n";

std::string connection(const std::string& more, const std::string& name = "a")
{
    return "[[connection]]\nname = \"" + name + "\"\npeer = \"198.51.100.7\"\ninterface = \"xfrm\"\n" + more + "\n";
}

const std::string psk = "psk = { file = \"/k\" }\nremote_subnets = [\"10.20.0.0/16\"]\n";
const std::string x509 = "certificate = \"/c.pem\"\nkey = { credential = \"c.key\" }\nca = \"/ca.pem\"\n"
                         "remote_id = \"hub\"\nremote_subnets = [\"10.20.0.0/16\"]\n";

std::string told(const Loaded& loaded)
{
    std::string text;
    for (const auto& d : loaded.diagnostics) text += d.message + "\n";
    return text;
}

/// The only connection of a file that has no error.
Connection only(const std::string& more)
{
    auto loaded = load({{"t.toml", head + connection(more)}});
    EXPECT_TRUE(loaded.config) << told(loaded);
    return loaded.config ? loaded.config->connections.at(0) : Connection{};
}

/// The single warning about a file that is taken.
std::string warning(const std::string& more)
{
    const auto loaded = load({{"t.toml", head + connection(more)}});
    EXPECT_TRUE(loaded.config) << told(loaded);
    EXPECT_EQ(loaded.diagnostics.size(), 1U) << told(loaded);
    return told(loaded);
}

TEST(LoadIke, ReadsCertificates)
{
    const auto c =
        only(x509 + "crl = [\"/a.crl\", \"/b.crl\"]\nremote_certificate = \"/hub.pem\"\nrevocation = \"ifuri\"");
    ASSERT_TRUE(c.x509);
    EXPECT_EQ(c.x509->certificate.path, "/c.pem");
    EXPECT_EQ(c.x509->certificate.pos.line, 7U);
    EXPECT_EQ(c.x509->key.kind, SecretSource::Kind::Credential);
    EXPECT_EQ(c.x509->key.name, "c.key");
    ASSERT_EQ(c.x509->ca.size(), 1U);
    EXPECT_EQ(c.x509->ca[0].path, "/ca.pem");
    EXPECT_EQ(c.x509->crl.size(), 2U);
    EXPECT_EQ(c.x509->remote_certificate.path, "/hub.pem");
    EXPECT_EQ(c.x509->revocation, Revocation::IfUri);
    EXPECT_TRUE(c.psk.name.empty());
    EXPECT_FALSE(only(psk).x509);
}

TEST(LoadIke, ReadsHowIkeIsSpokenAndWhatSasDo)
{
    const auto c = only(psk + "fragmentation = \"force\"\nike_dscp = 48\nchild_bytes = 1000000\nchild_packets = 2000\n"
                              "copy_dscp = \"in\"\ncopy_df = false\ncopy_ecn = false\nreplay_window = 0");
    EXPECT_EQ(c.ike.fragmentation, Fragmentation::Force);
    EXPECT_EQ(c.ike.dscp, 48);
    EXPECT_EQ(c.sa.bytes, 1'000'000U);
    EXPECT_EQ(c.sa.packets, 2'000U);
    EXPECT_EQ(c.sa.copy_dscp, CopyDscp::In);
    EXPECT_FALSE(c.sa.copy_df || c.sa.copy_ecn);
    EXPECT_EQ(c.replay_window, 0U);
}

TEST(LoadIke, Ikev1HasDefaultsThatItCanOffer)
{
    const auto c = only(psk + "version = 1");
    EXPECT_EQ(c.ike.version, 1U);
    for (const auto& p : c.ike_proposals) EXPECT_TRUE(Proposal::fits_ikev1(p.text, Proposal::Use::Ike)) << p.text;
    for (const auto& p : c.esp_proposals) EXPECT_TRUE(Proposal::fits_ikev1(p.text, Proposal::Use::Esp)) << p.text;
}

TEST(LoadIke, WhatGivesSomethingAwayIsTakenWithAWarningThatSaysWhat)
{
    EXPECT_TRUE(warning(psk + "version = 1\naggressive = true").contains("hash of the secret"));
    EXPECT_TRUE(warning(x509 + "version = 1\naggressive = true").contains("identities in clear"));
    EXPECT_TRUE(warning(psk + "remote_id = \"%any\"").contains("everybody who knows the secret"));
}

std::string two(const std::string& first, const std::string& second)
{
    const std::string other = "remote_subnets = [\"10.30.0.0/16\"]\n";
    const auto loaded = load({{"t.toml", head + connection(psk + first) + connection(other + second, "b")}});
    return told(loaded);
}

TEST(LoadIke, TakesSeveralConnectionsToOnePeerThatDifferByIdentity)
{
    const std::string own = "psk = { file = \"/other\" }\n";
    EXPECT_EQ(two("local_id = \"edge-a\"", own + "local_id = \"edge-b\""), "");
    EXPECT_EQ(two("remote_id = \"hub-a\"", own + "remote_id = \"hub-b\""), "");
    EXPECT_EQ(two("", "certificate = \"/c\"\nkey = { file = \"/k\" }\nca = \"/ca\"\nremote_id = \"hub\""), "");
    EXPECT_EQ(two("local_id = \"edge-a\"\nversion = 1\naggressive = true",
                  own + "local_id = \"edge-b\"\nversion = 1\naggressive = true")
                  .find("another secret"),
              std::string::npos);
    EXPECT_TRUE(two("", own + "local_id = \"edge-b\"\nversion = 1").contains("between the same two addresses"));
}

} // namespace
} // namespace linkspan::config
