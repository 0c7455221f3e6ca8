#include "ike/sa_codec.h"

#include "ike/codec.h"

#include <gtest/gtest.h>

#include <fstream>

namespace linkspan::ike {
namespace {

using namespace std::string_literals;

/// What charon 5.9.8 answered in a lab with one established tunnel.
std::string recorded()
{
    std::ifstream file{LINKSPAN_SOURCE_DIR "/tests/golden/ike/list_sa.hex"};
    std::string hex, bytes;
    file >> hex;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return bytes;
}

TEST(DecodeSa, ReadsWhatCharonTells)
{
    const IkeSa expected{
        .connection = {"a"},
        .unique_id = 1,
        .state = IkeState::Established,
        .local = *IpAddress::parse("192.0.2.1"),
        .remote = *IpAddress::parse("192.0.2.2"),
        .local_id = "192.0.2.1",
        .remote_id = "192.0.2.2",
        .algorithms = "AES_GCM_16-256/PRF_HMAC_SHA2_384/ECP_384",
        .spi_initiator = 0xe11e'afbe'1b41'c4af,
        .spi_responder = 0xf204'92ec'fc60'a2e2,
        .initiator = true,
        .age = 6,
        .rekey_in = 13938,
        .children = {{.name = "a",
                      .unique_id = 2,
                      .reqid = {0x1000'1234},
                      .state = ChildState::Installed,
                      .spi_in = {0xc538'64e1},
                      .spi_out = {0xc030'276d},
                      .algorithms = "AES_GCM_16-256",
                      .bytes_in = 252,
                      .bytes_out = 252,
                      .packets_in = 3,
                      .packets_out = 3,
                      .age = 9,
                      .rekey_in = 2905,
                      .local_ts = {"0.0.0.0/0"},
                      .remote_ts = {"0.0.0.0/0"}}},
    };
    auto message = decode(recorded());
    ASSERT_TRUE(message);
    EXPECT_EQ(decode_sa(*message), expected);
}

TEST(DecodeSa, ATruncatedRecordIsRefusedEverywhere)
{
    const std::string whole = recorded();
    ASSERT_FALSE(whole.empty());
    for (std::size_t size = 1; size < whole.size(); ++size)
        EXPECT_FALSE(decode(std::string_view{whole}.substr(0, size))) << "cut to " << size << " bytes";
}

Message event(Section ike)
{
    return Message{}.set("hub", std::move(ike));
}

TEST(DecodeSa, ANumberThatIsNoneIsRefusedByName)
{
    const auto child = Section{}.set("name", "hub"s).set("spi-in", "c53864e1f"s);
    EXPECT_EQ(decode_sa(event(Section{}.set("child-sas", Section{}.set("hub-1", child)))).error(),
              (Error{Kind::Protocol, 0, "CHILD_SA hub: spi-in = c53864e1f"}));
    EXPECT_EQ(decode_sa(event(Section{}.set("uniqueid", "-1"s))).error(),
              (Error{Kind::Protocol, 0, "IKE_SA hub: uniqueid = -1"}));
    EXPECT_EQ(decode_sa(Message{}).error().kind, Kind::Protocol);
}

TEST(DecodeSa, AnOverdueRekeyingIsDueNow)
{
    EXPECT_EQ(decode_sa(event(Section{}.set("rekey-time", "-5"s)))->rekey_in, 0U);
}

TEST(DecodeSa, AnAddressThatIsNotKnownYetIsUnspecified)
{
    EXPECT_TRUE(decode_sa(event(Section{}.set("remote-host", "%any"s)))->remote.is_unspecified());
}

TEST(DecodeSa, AnAttemptThatIsNobodysYetHasNoName)
{
    EXPECT_EQ(decode_sa(Message{}.set("(unnamed)", Section{}))->connection.value, "");
}

TEST(DecodeSa, SeesAChildThatIsBeingNegotiated)
{
    EXPECT_TRUE(decode_sa(event(Section{}.set("tasks-active", List{"CHILD_CREATE"})))->creating_child);
    EXPECT_TRUE(decode_sa(event(Section{}.set("tasks-active", List{"IKE_DPD"})))->asking);
    EXPECT_FALSE(decode_sa(event(Section{}.set("tasks-passive", List{"IKE_DPD"})))->asking) << "the peer asks";
    EXPECT_TRUE(decode_sa(event(Section{}.set("tasks-queued", List{"IKE_DPD", "CHILD_CREATE"})))->creating_child);
    EXPECT_TRUE(decode_sa(event(Section{}.set("tasks-active", List{"QUICK_MODE"})))->creating_child) << "IKEv1";
    EXPECT_FALSE(decode_sa(event(Section{}.set("tasks-passive", List{"CHILD_CREATE"})))->creating_child);
}

struct Name {
    const char* charon;
    ChildState state;
};

TEST(DecodeSa, KnowsTheStates)
{
    for (const Name& name :
         {Name{"CREATED", ChildState::Installing}, Name{"INSTALLING", ChildState::Installing},
          Name{"RETRYING", ChildState::Installing}, Name{"INSTALLED", ChildState::Installed},
          Name{"UPDATING", ChildState::Installed}, Name{"REKEYING", ChildState::Rekeying},
          Name{"REKEYED", ChildState::Other}, Name{"DELETING", ChildState::Other}, Name{"?", ChildState::Other}}) {
        const auto child = Section{}.set("state", std::string{name.charon});
        const auto sa = decode_sa(event(Section{}.set("child-sas", Section{}.set("hub-1", child))));
        EXPECT_EQ(sa->children.at(0).state, name.state) << name.charon;
    }
    EXPECT_EQ(decode_sa(event(Section{}.set("state", "CONNECTING"s)))->state, IkeState::Connecting);
    EXPECT_EQ(decode_sa(event(Section{}.set("state", "DELETING"s)))->state, IkeState::Deleting);
    EXPECT_EQ(decode_sa(event(Section{}.set("state", "REKEYED"s)))->state, IkeState::Other);
    EXPECT_EQ(decode_sa(event(Section{}.set("state", "PASSIVE"s)))->state, IkeState::Passive);
}

} // namespace
} // namespace linkspan::ike
