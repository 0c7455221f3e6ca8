#include "base/proposal.h"

#include <gtest/gtest.h>

namespace linkspan {
namespace {

using enum Proposal::Use;

std::string refusal(std::string_view text, Proposal::Use use)
{
    const auto parsed = Proposal::parse(text, use);
    return parsed ? "" : parsed.error().what;
}

TEST(Proposal, KeepsTheTextAsWritten)
{
    EXPECT_EQ(Proposal::parse("aes256gcm16-prfsha384-ecp384", Ike)->text, "aes256gcm16-prfsha384-ecp384");
}

TEST(Proposal, KnowsWhatGcmCosts)
{
    EXPECT_EQ(Proposal::parse("aes128gcm16", Esp)->overhead, (EspOverhead{8, 16, 4}));
    EXPECT_EQ(Proposal::parse("aes256gcm8-x25519", Esp)->overhead, (EspOverhead{8, 8, 4}));
    EXPECT_EQ(Proposal::parse("chacha20poly1305", Esp)->overhead, (EspOverhead{8, 16, 4}));
}

TEST(Proposal, KnowsWhatCbcCosts)
{
    EXPECT_EQ(Proposal::parse("aes256-sha256", Esp)->overhead, (EspOverhead{16, 16, 16}));
    EXPECT_EQ(Proposal::parse("aes128-sha1-modp1024", Esp)->overhead, (EspOverhead{16, 12, 16}));
    EXPECT_EQ(Proposal::parse("3des-sha512", Esp)->overhead, (EspOverhead{8, 32, 8}));
    EXPECT_EQ(Proposal::parse("aes128ctr-sha384", Esp)->overhead, (EspOverhead{8, 24, 4}));
}

TEST(Proposal, TakesTheDearestOfAlternatives)
{
    EXPECT_EQ(Proposal::parse("aes256gcm8-aes256gcm16", Esp)->overhead, (EspOverhead{8, 16, 4}));
    EXPECT_EQ(Proposal::parse("aes256-aes128ctr-sha1-sha512", Esp)->overhead, (EspOverhead{16, 32, 16}));
}

TEST(Proposal, TakesAClassicIkeProposalWithoutPrf)
{
    EXPECT_TRUE(Proposal::parse("aes256-sha256-modp2048", Ike));
    EXPECT_TRUE(Proposal::parse("aes256-aes128-sha384-sha256-prfsha384-ecp384-x25519", Ike));
}

TEST(Proposal, TakesEspWithAndWithoutForwardSecrecyAndEsn)
{
    EXPECT_TRUE(Proposal::parse("aes256gcm16-ecp384-esn-noesn", Esp));
    EXPECT_TRUE(Proposal::parse("aes256-sha256", Esp));
}

TEST(Proposal, SuggestsTheAlgorithmThatWasMeant)
{
    EXPECT_EQ(refusal("aes256gmc16", Esp),
              "`aes256gmc16` is not an algorithm linkspan knows; did you mean aes256gcm16?");
    EXPECT_EQ(refusal("blowfish", Esp), "`blowfish` is not an algorithm linkspan knows");
    EXPECT_EQ(refusal("aes256-SHA256", Esp), "`SHA256` is written sha256 here");
    EXPECT_EQ(refusal("aes256-sha256-group19", Ike), "`group19` is written ecp256 here");
    EXPECT_EQ(refusal("aes256-sha256-dh22", Ike), "`dh22` is not an algorithm linkspan knows");
}

TEST(Proposal, RefusesBrokenAlgorithms)
{
    for (auto text : {"des-sha1", "aes128-md5", "aes128-sha1-modp768", "null-sha256"})
        EXPECT_TRUE(refusal(text, Esp).contains("protects nothing")) << text;
}

TEST(Proposal, RefusesACipherWithoutIntegrity)
{
    EXPECT_TRUE(refusal("aes256", Esp).contains("needs an integrity algorithm"));
    EXPECT_TRUE(refusal("sha256-modp2048", Esp).contains("names no cipher"));
}

TEST(Proposal, RefusesAeadBesideClassicAlgorithms)
{
    EXPECT_TRUE(refusal("aes256gcm16-sha256", Esp).contains("brings its own integrity"));
    EXPECT_TRUE(refusal("aes256gcm16-aes256-sha256", Esp).contains("cannot stand in one proposal"));
}

TEST(Proposal, RefusesAnIkeProposalWithoutGroupOrPrf)
{
    EXPECT_TRUE(refusal("aes256-sha256", Ike).contains("key exchange group"));
    EXPECT_TRUE(refusal("aes256gcm16-ecp384", Ike).contains("needs a PRF"));
}

TEST(Proposal, RefusesWhatBelongsToTheOtherProtocol)
{
    EXPECT_TRUE(refusal("aes256gcm16-prfsha384", Esp).contains("no PRF"));
    EXPECT_TRUE(refusal("aes256-sha256-modp2048-esn", Ike).contains("for ESP"));
}

TEST(Proposal, RefusesEmptyParts)
{
    for (auto text : {"", "-", "aes256gcm16-", "-aes256gcm16", "aes256--sha256"})
        EXPECT_TRUE(refusal(text, Esp).contains("missing between")) << text;
}

TEST(Proposal, ExplainsThatDefaultIsNoProposal)
{
    EXPECT_TRUE(refusal("default", Ike).contains("leave the key out"));
}

std::string ikev1(std::string_view text, Proposal::Use use)
{
    const auto fits = Proposal::fits_ikev1(text, use);
    return fits ? "fits" : fits.error().what;
}

TEST(Proposal, Ikev1TakesOneAlgorithmOfEachKindAndNoAeadInIke)
{
    using enum Proposal::Use;
    EXPECT_EQ(ikev1("aes256-sha256-modp2048", Ike), "fits");
    EXPECT_EQ(ikev1("aes256gcm16-modp2048", Esp), "fits");
    EXPECT_EQ(ikev1("aes256-sha256-noesn", Esp), "fits");
    EXPECT_TRUE(ikev1("aes256gcm16-prfsha256-modp2048", Ike).starts_with("`aes256gcm16` is not for IKEv1"));
    EXPECT_TRUE(ikev1("aes256-sha256-prfsha256-modp2048", Ike).contains("leave it out"));
    EXPECT_TRUE(ikev1("aes256-aes128-sha256-modp2048", Ike).starts_with("`aes128` is a second"));
    EXPECT_TRUE(ikev1("aes256gcm16-aes256", Esp).starts_with("`aes256` is a second"));
    EXPECT_TRUE(ikev1("aes256-sha256-modp2048-modp3072", Esp).starts_with("`modp3072` is a second"));
    EXPECT_TRUE(ikev1("aes256-sha256-esn", Esp).contains("extended sequence numbers"));
}

TEST(Proposal, EspTakesExtendedSequenceNumbersAndGroups)
{
    for (const auto* text :
         {"aes256gcm16-esn", "aes256gcm16-esn-noesn", "aes256-sha256-ecp384-esn", "aes256gcm16-x25519"})
        EXPECT_TRUE(Proposal::parse(text, Proposal::Use::Esp)) << text;
    EXPECT_TRUE(Proposal::names("aes256gcm16-esn-noesn", "esn"));
    EXPECT_FALSE(Proposal::names("aes256gcm16-noesn", "esn"));
}

TEST(Proposals, AreEqualByWhatTheySay)
{
    const Proposals some{Proposal{"aes256-sha256"}, Proposal{"aes128gcm16"}};
    EXPECT_EQ(some, (Proposals{Proposal{"aes256-sha256"}, Proposal{"aes128gcm16"}}));
    EXPECT_NE(some, (Proposals{Proposal{"aes128gcm16"}, Proposal{"aes256-sha256"}})) << "the order is the preference";
    EXPECT_NE(some, Proposals{});
    EXPECT_EQ(Proposals{}, Proposals{std::vector<Proposal>{}});
}

TEST(Proposals, AreSharedByCopies)
{
    const Proposals some{Proposal{"aes256-sha256"}};
    const Proposals copy = some;
    EXPECT_EQ(&copy[0], &some[0]);
}

} // namespace
} // namespace linkspan
