#include "config/derive.h"
#include "config/load.h"
#include "config/profile.h"

#include <gtest/gtest.h>

#include <set>

namespace linkspan::config {
namespace {

using namespace std::chrono_literals;

Connection connection_of(const std::string& more)
{
    const auto loaded = load({{"t.toml", "[gateway]\nuplink = \"wan0\"\n[[connection]]\nname = \"a\"\n"
                                         "peer = \"198.51.100.7\"\npsk = { file = \"/k\" }\n"
                                         "remote_subnets = [\"10.20.0.0/16\"]\n" +
                                             more}});
    std::string told;
    for (const auto& d : loaded.diagnostics) told += d.message + '\n';
    EXPECT_EQ(told, "");
    return loaded.config ? loaded.config->connections.at(0) : Connection{};
}

std::string words_of(const Proposals& proposals)
{
    std::string words;
    for (const auto& proposal : proposals) words += "-" + proposal.text + "-";
    return words;
}

class EveryProfile : public testing::TestWithParam<Vendor> {};

TEST_P(EveryProfile, IsWholeAndUnderItsName)
{
    const auto& profile = profile_of(GetParam());
    EXPECT_EQ(profile.vendor, GetParam());
    EXPECT_EQ(profile.name, profile_names[static_cast<std::size_t>(GetParam())]);
    EXPECT_FALSE(profile.peer.empty());
    EXPECT_GE(profile.ike_proposals.size(), 2U);
    EXPECT_GE(profile.esp_proposals.size(), 2U);
    EXPECT_GE(profile.ike_lifetime, profile.child_lifetime);
    EXPECT_GT(profile.child_lifetime, 0s);
    EXPECT_GT(profile.dpd_delay, 0s);
    EXPECT_GE(profile.replay_window, 64U);
}

TEST_P(EveryProfile, PrefersAeadAndLongKeysAndNeedsNoPostQuantumPeer)
{
    for (const auto* proposals : {&profile_of(GetParam()).ike_proposals, &profile_of(GetParam()).esp_proposals}) {
        EXPECT_TRUE((*proposals)[0].text.starts_with("aes256gcm16-"));
        const auto words = words_of(*proposals);
        for (const auto* word : {"-3des-", "-mlkem", "-md5-", "-modp1536-"}) EXPECT_FALSE(words.contains(word)) << word;
        EXPECT_EQ(words.contains("-modp1024-"), proposals == &profile_of(Vendor::Azure).ike_proposals);
        EXPECT_TRUE(words.contains("-modp2048-")) << "what every vendor has";
    }
}

TEST_P(EveryProfile, LoadsFromAFileAndSharesItsProposals)
{
    const auto c = connection_of("profile = \"" + std::string{profile_of(GetParam()).name} + "\"");
    const auto& profile = profile_of(GetParam());
    EXPECT_EQ(c.profile, GetParam());
    EXPECT_EQ(&c.ike_proposals[0], &profile.ike_proposals[0]);
    EXPECT_EQ(&c.esp_proposals[0], &profile.esp_proposals[0]);
    EXPECT_EQ(c.ike_lifetime, profile.ike_lifetime);
    EXPECT_EQ(c.child_lifetime, profile.child_lifetime);
    EXPECT_EQ(c.dpd_delay, profile.dpd_delay);
    EXPECT_EQ(c.start, profile.start);
    EXPECT_EQ(c.nat_traversal, profile.nat_traversal);
    EXPECT_EQ(c.replay_window, profile.replay_window);
    EXPECT_EQ(c.ceilings.mss, profile.ceilings.mss);
}

TEST_P(EveryProfile, GivesWayToTheConnectionsOwnKeys)
{
    const auto c = connection_of("profile = \"" + std::string{profile_of(GetParam()).name} + R"("
ike_proposals  = ["aes192-sha1-modp6144"]
esp_proposals  = ["aes192-sha1"]
ike_lifetime   = "77m"
child_lifetime = "33m"
dpd_delay      = "7s"
start          = "respond"
nat_traversal  = "none"
replay_window  = 77
mtu            = 1277
mss            = 1177
)");
    ASSERT_EQ(c.ike_proposals.size(), 1U);
    EXPECT_EQ(c.ike_proposals[0].text, "aes192-sha1-modp6144");
    ASSERT_EQ(c.esp_proposals.size(), 1U);
    EXPECT_EQ(c.ike_lifetime, 77min);
    EXPECT_EQ(c.child_lifetime, 33min);
    EXPECT_EQ(c.dpd_delay, 7s);
    EXPECT_EQ(c.start, Start::Respond);
    EXPECT_EQ(c.nat_traversal, NatTraversal::None);
    EXPECT_EQ(c.replay_window, 77U);
    EXPECT_EQ(link_mtu(c, 1500), 1277U);
    EXPECT_EQ(mss_limit(c), 1177);
}

INSTANTIATE_TEST_SUITE_P(Profiles, EveryProfile,
                         testing::Values(Vendor::Generic, Vendor::Aws, Vendor::Azure, Vendor::Gcp, Vendor::Aviatrix),
                         [](const auto& each) { return std::string{profile_of(each.param).name}; });

TEST(Profiles, NoneIsGeneric)
{
    EXPECT_EQ(connection_of("").profile, Vendor::Generic);
}

TEST(Profiles, ForwardSecrecyIsNotOptionalWhereTheVendorRequiresIt)
{
    for (auto vendor : {Vendor::Aws, Vendor::Gcp, Vendor::Aviatrix})
        for (const auto& proposal : profile_of(vendor).esp_proposals)
            EXPECT_TRUE(proposal.text.contains("-modp2048")) << proposal.text;
}

TEST(Profiles, AzureWithoutAPolicyOfItsOwnFindsItsSuites)
{
    const auto& azure = profile_of(Vendor::Azure);
    for (std::size_t i = 0; i < azure.ike_proposals.size(); ++i)
        EXPECT_EQ(azure.ike_proposals[i].text.contains("modp1024"), i >= 2) << "group 2 alone, and last";
    EXPECT_EQ(azure.esp_proposals[4].text, "aes256-aes128-sha1") << "no forward secrecy, and last";
}

TEST(Profiles, AviatrixWithoutCustomAlgorithmsBeginsWithItsGroup)
{
    for (const auto* proposals :
         {&profile_of(Vendor::Aviatrix).ike_proposals, &profile_of(Vendor::Aviatrix).esp_proposals})
        for (const auto& p : *proposals) EXPECT_LT(p.text.find("modp2048"), p.text.find("ecp384")) << p.text;
}

/// The dearest suite is CBC with SHA2-256 behind NAT: AWS's own table gives 1422 for it, and 1438 without NAT.
TEST(Profiles, AwsLinksHaveTheMtuOfItsTable)
{
    EXPECT_EQ(link_mtu(connection_of("profile = \"aws\""), 1500), 1422U);
    EXPECT_EQ(link_mtu(connection_of("profile = \"aws\"\nnat_traversal = \"none\""), 1500), 1438U);
    const std::string gcm = "profile = \"aws\"\nesp_proposals = [\"aes256gcm16-ecp384\"]\n";
    EXPECT_EQ(link_mtu(connection_of(gcm), 1500), 1438U);
    EXPECT_EQ(link_mtu(connection_of(gcm + "nat_traversal = \"none\""), 1500), 1446U);
}

TEST(Profiles, CeilingsLimitWhatIsComputed)
{
    const auto azure = connection_of("profile = \"azure\"");
    EXPECT_EQ(link_mtu(azure, 1500), 1400U);
    EXPECT_EQ(link_mtu(azure, 9000), 1400U);
    EXPECT_LT(link_mtu(azure, 1400), 1400U);
    EXPECT_EQ(mss_limit(azure), 1350);
    const auto gcp = connection_of("profile = \"gcp\"");
    EXPECT_EQ(link_mtu(gcp, 9000), link_mtu(gcp, 1460));
    EXPECT_EQ(link_mtu(gcp, 1460), link_mtu(connection_of(""), 1460));
    EXPECT_FALSE(mss_limit(gcp));
    EXPECT_EQ(mss_limit(connection_of("profile = \"aviatrix\"")), 1370);
}

} // namespace
} // namespace linkspan::config
