#include "ike/cause.h"

#include <gtest/gtest.h>

namespace linkspan::ike {
namespace {

struct Case {
    std::string name;
    std::string text;
    std::string code; ///< empty: tells of no failure
    Side side = Side::Either;
    std::string connection = "azure-hub";
};

void PrintTo(const Case& c, std::ostream* out)
{
    *out << c.text;
}

class Lines : public testing::TestWithParam<Case> {};

TEST_P(Lines, AreUnderstood)
{
    const auto& [name, text, code, side, connection] = GetParam();
    const auto cause = cause_of({connection, 7, text});
    ASSERT_EQ(cause.has_value(), !code.empty());
    if (!cause) return;
    EXPECT_EQ(cause->code, code);
    EXPECT_EQ(name_of(cause->side), name_of(side));
    EXPECT_FALSE(cause->what.empty());
    EXPECT_FALSE(cause->advice.empty());
    EXPECT_EQ(cause->said, text);
}

/// Lines as strongSwan 5.9.8 and 6.0 write them.
INSTANTIATE_TEST_SUITE_P(
    OfCharon, Lines,
    testing::Values(
        Case{"no_ike_proposal", "received NO_PROPOSAL_CHOSEN notify error", "ike-proposals"},
        Case{"no_ike_proposal_v1", "received NO_PROPOSAL_CHOSEN error notify", "ike-proposals"},
        Case{"no_ike_proposal_here", "received proposals unacceptable", "ike-proposals", Side::Either, ""},
        Case{"no_ike_group_here", "no acceptable proposal found", "ike-proposals", Side::Either, ""},
        Case{"no_ike_proposal_here_v1", "no proposal found", "ike-proposals"},
        Case{"no_esp_proposal", "received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built", "esp-proposals"},
        Case{"no_esp_proposal_here", "no acceptable proposal found", "esp-proposals"},
        Case{"no_esp_proposal_here_v1", "no matching proposal found, sending NO_PROPOSAL_CHOSEN", "esp-proposals"},
        Case{"selectors", "received TS_UNACCEPTABLE notify, no CHILD_SA built", "selectors"},
        Case{"selectors_v1", "received INVALID_ID_INFORMATION error notify", "selectors"},
        Case{"selectors_here", "traffic selectors 10.9.0.0/16 === 10.20.0.0/16 unacceptable", "selectors"},
        Case{"selectors_of_the_answer", "no acceptable traffic selectors found", "selectors"},
        Case{"selectors_here_v1", "no matching CHILD_SA config found for 10.9.0.0/16 === 10.20.0.0/16", "selectors"},
        Case{"address_pool", "received INTERNAL_ADDRESS_FAILURE notify, no CHILD_SA built", "selectors", Side::Theirs},
        Case{"authentication", "received AUTHENTICATION_FAILED notify error", "authentication"},
        Case{"authentication_v1", "received AUTHENTICATION_FAILED error notify", "authentication"},
        Case{"psk", "tried 2 shared keys for 'edge-1' - 'hub.example.org', but MAC mismatched", "psk"},
        Case{"psk_v1", "ID_PROT request with message ID 0 processing failed", "psk"},
        Case{"psk_hash_v1", "calculated HASH does not match HASH payload", "psk"},
        Case{"no_psk", "no shared key found for '203.0.113.10' - '198.51.100.7'", "psk", Side::Ours},
        Case{"other_authority", "constraint check failed: peer not authenticated by CA 'O=Example, CN=Example CA'",
             "certificate"},
        Case{"not_pinned", "constraint check failed: peer not authenticated with peer cert 'O=Example, CN=hub'",
             "certificate"},
        Case{"status_unknown", "constraint check failed: RULE_CRL_VALIDATION is FAILED, but requires at least GOOD",
             "certificate", Side::Ours},
        Case{"not_for_signing", "rejecting certificate without digitalSignature or nonRepudiation keyUsage flags",
             "certificate", Side::Theirs},
        Case{"other_method", "constraint requires public key authentication, but pre-shared key was used",
             "authentication"},
        Case{"identity", "constraint check failed: identity 'hub.example.org' required ", "identity"},
        Case{"identity_v1", "IDir '198.51.100.7' does not match to 'hub.example.org'", "identity"},
        Case{"identity_here", "no matching peer config found", "identity", Side::Either, ""},
        Case{"identity_of_us", "received IDr edge-2, but require edge-1", "identity"},
        Case{"expired", "subject certificate invalid (valid from Nov 01 00:00:00 2024 to Nov 01 00:00:00 2025)",
             "certificate", Side::Theirs},
        Case{"expired_later", "peer certificate invalid (valid from Nov 01 00:00:00 2024 to Nov 01 00:00:00 2025)",
             "certificate", Side::Theirs},
        Case{"revoked", "certificate was revoked on Nov 01 00:00:00 2025, reason: key compromise", "certificate",
             Side::Theirs},
        Case{"untrusted", "no trusted RSA public key found for 'hub.example.org'", "certificate"},
        Case{"no_issuer", "no issuer certificate found for \"CN=hub\"", "certificate"},
        Case{"no_private_key", "no private key found for 'edge-1'", "certificate", Side::Ours},
        Case{"silent", "retransmit 2 of request with message ID 0", "unreachable"},
        Case{"silent_v1", "sending retransmit 2 of request message ID 0, seq 1", "unreachable"},
        Case{"half_silent", "retransmit 2 of request with message ID 1", "unreachable"},
        Case{"name", "unable to resolve hub.example.org, initiate aborted", "name", Side::Ours},
        Case{"version", "received INVALID_MAJOR_VERSION notify error", "version"},
        Case{"kernel", "unable to install inbound and outbound IPsec SA (SAD) in kernel", "kernel", Side::Ours},
        Case{"anything_else", "received INVALID_SYNTAX notify error", "refused", Side::Theirs},
        Case{"anything_else_v1", "received PAYLOAD_MALFORMED error notify", "refused", Side::Theirs},
        // All in order, or not known to be wrong.
        Case{"one_lost_packet", "retransmit 1 of request with message ID 0", ""},
        Case{"dead_peer", "retransmit 2 of request with message ID 12", ""},
        Case{"received_packet", "received packet: from 198.51.100.7[500] to 203.0.113.10[500] (272 bytes)", ""},
        Case{"other_group", "peer didn't accept DH group ECP_384, it requested MODP_2048", ""},
        Case{"established", "IKE_SA azure-hub[7] established between 203.0.113.10[a]...198.51.100.7[b]", ""},
        Case{"success", "authentication of 'hub.example.org' with pre-shared key successful", ""},
        Case{"nothing", "", ""}),
    [](const auto& each) { return each.param.name; });

TEST(Cause, SilenceWeighsLessThanARefusalAndThatLessThanAReason)
{
    const auto weight = [](const char* text) { return cause_of({"a", 1, text})->weight; };
    EXPECT_LT(weight("retransmit 2 of request with message ID 0"),
              weight("received AUTHENTICATION_FAILED notify error"));
    EXPECT_LT(weight("received AUTHENTICATION_FAILED notify error"), weight("tried 1 shared key, but MAC mismatched"));
    EXPECT_LT(weight("no trusted RSA public key found for 'hub'"),
              weight("subject certificate invalid (valid from a to b)"));
}

TEST(Cause, WhatAPeerMakesCharonSayIsCut)
{
    EXPECT_EQ(cause_of({"a", 1, "no shared key found for '" + std::string(100'000, 'x')})->said.size(), 200U);
}

} // namespace
} // namespace linkspan::ike
