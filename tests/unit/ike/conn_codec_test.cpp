#include "ike/conn_codec.h"

#include "specs.h"

#include <gtest/gtest.h>

namespace linkspan::ike {
namespace {

std::string render(const Section& section, const std::string& indent = "")
{
    std::string text;
    for (const Item& item : section.items) {
        text += indent + item.name;
        if (const auto* value = std::get_if<std::string>(&item.value)) text += " = " + *value + "\n";
        if (std::holds_alternative<SharedSecret>(item.value)) text += " = <secret>\n";
        if (const auto* list = std::get_if<List>(&item.value)) {
            text += " =";
            for (const auto& value : *list) text += " [" + value + "]";
            text += "\n";
        }
        if (const auto* sub = std::get_if<Section>(&item.value)) text += ":\n" + render(*sub, indent + "  ");
    }
    return text;
}

TEST(EncodeConn, SaysEverythingCharonNeeds)
{
    auto spec = test::spec("hub");
    spec.mark = {0x1000002a};
    EXPECT_EQ(render(encode_conn(spec)), R"(hub:
  version = 2
  local_addrs = [203.0.113.10]
  remote_addrs = [198.51.100.7]
  proposals = [aes256gcm16-prfsha384-ecp384]
  mobike = no
  encap = no
  fragmentation = yes
  dscp = 000000
  dpd_delay = 30
  keyingtries = 1
  unique = no
  rekey_time = 14400
  rand_time = 2880
  over_time = 1440
  local:
    auth = psk
    id = 203.0.113.10
  remote:
    auth = psk
    id = 198.51.100.7
  children:
    hub:
      mode = tunnel
      policies = no
      reqid = )" + std::to_string(id_of_name("hub").value) +
                                             R"(
      esp_proposals = [aes256gcm16-ecp384] [aes256-sha256-modp2048]
      local_ts = [0.0.0.0/0]
      remote_ts = [0.0.0.0/0]
      mark_in = 0x1000002a
      mark_out = 0x1000002a
      replay_window = 128
      rekey_time = 2520
      rand_time = 720
      life_time = 3960
      rekey_packets = 2147483648
      rand_packets = 214748364
      life_packets = 2362232012
      copy_df = yes
      copy_ecn = yes
      copy_dscp = out
      start_action = trap
      dpd_action = none
      close_action = none
      hw_offload = no
)");
}

const Section& child_of(const Message& message, std::string_view name)
{
    return message.section(name).section("children").section(name);
}

TEST(EncodeConn, AnInterfaceIdTakesTheMarksPlace)
{
    auto spec = test::spec("hub");
    spec.if_id = {0x1fffffff};
    const auto message = encode_conn(spec);
    const Section& child = child_of(message, "hub");
    EXPECT_EQ(child.text("if_id_in"), "0x1fffffff");
    EXPECT_EQ(child.text("if_id_out"), "0x1fffffff");
    EXPECT_EQ(child.find("mark_in"), nullptr);
}

TEST(EncodeConn, ARespondingConnectionHasNoTrap)
{
    auto spec = test::spec("hub");
    spec.trap = false;
    spec.force_encapsulation = true;
    const auto message = encode_conn(spec);
    EXPECT_EQ(child_of(message, "hub").text("start_action"), "none");
    EXPECT_EQ(message.section("hub").text("encap"), "yes");
}

TEST(EncodeShared, NamesTheKeyAfterTheConnection)
{
    const auto message = encode_shared(test::spec("hub"));
    EXPECT_EQ(render(message), "id = hub\ntype = IKE\ndata = <secret>\nowners = [203.0.113.10] [198.51.100.7]\n");
    EXPECT_EQ(message, encode_shared(test::spec("hub")));
}

TEST(EncodeConn, CertificatesAreNamedInTheConnectionSoNoOtherIsTaken)
{
    auto spec = test::x509_spec("hub");
    auto x509 = *spec.x509;
    x509.remote_certificate = "the peer's";
    x509.revocation = "strict";
    spec.x509 = std::make_shared<const X509>(x509);
    const auto conn = encode_conn(spec).section("hub");
    EXPECT_EQ(render(conn.section("local")), "auth = pubkey\nid = 203.0.113.10\ncerts = [our certificate]\n");
    EXPECT_EQ(render(conn.section("remote")), "auth = pubkey\nid = 198.51.100.7\ncacerts = [a CA] [another CA]\n"
                                              "certs = [the peer's]\nrevocation = strict\n");
    EXPECT_EQ(conn.text("send_cert"), "always");
    EXPECT_EQ(render(encode_key(x509)), "type = any\ndata = <secret>\n");
    const auto certs = encode_certs(x509);
    ASSERT_EQ(certs.size(), 2U);
    EXPECT_EQ(render(certs[0]), "type = X509\nflag = NONE\ndata = an intermediate\n");
    EXPECT_EQ(render(certs[1]), "type = X509_CRL\nflag = NONE\ndata = a revocation list\n");
}

TEST(EncodeConn, SaysVersionFragmentationAndDscp)
{
    auto spec = test::spec("hub");
    EXPECT_EQ(encode_conn(spec).section("hub").find("aggressive"), nullptr);
    spec.version = 1;
    spec.aggressive = true;
    spec.fragmentation = Fragmentation::Force;
    spec.dscp = 48;
    const auto conn = encode_conn(spec).section("hub");
    EXPECT_EQ(conn.text("version"), "1");
    EXPECT_EQ(conn.text("aggressive"), "yes");
    EXPECT_EQ(conn.text("fragmentation"), "force");
    EXPECT_EQ(conn.text("dscp"), "110000");
}

TEST(EncodeConn, LimitsByBytesAndPacketsAreRenewedBeforeTheyAreReached)
{
    auto spec = test::spec("hub");
    EXPECT_EQ(child_of(encode_conn(spec), "hub").find("rekey_bytes"), nullptr);
    spec.sa = {.rekey_bytes = 1'000'000, .rekey_packets = 5000, .copy_dscp = "in", .copy_df = false, .copy_ecn = false};
    const auto message = encode_conn(spec);
    const Section& child = child_of(message, "hub");
    EXPECT_EQ(child.text("rekey_bytes"), "1000000");
    EXPECT_EQ(child.text("rand_bytes"), "100000");
    EXPECT_EQ(child.text("life_bytes"), "1100000");
    EXPECT_EQ(child.text("life_packets"), "5500");
    EXPECT_EQ(child.text("copy_dscp"), "in");
    EXPECT_EQ(child.text("copy_df"), "no");
    EXPECT_EQ(child.text("copy_ecn"), "no");
}

/// Without ESN the kernel sends no packet after number 2^32 - 1, however long the SA may live.
TEST(EncodeConn, IsRenewedBeforeItsNumbersAreUsed)
{
    auto spec = test::spec("hub");
    spec.sa.rekey_packets = 1'000'000'000'000;
    EXPECT_EQ(child_of(encode_conn(spec), "hub").text("rekey_packets"), "2147483648");
}

} // namespace
} // namespace linkspan::ike
