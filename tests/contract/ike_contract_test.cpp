#include "own_charon.h"

#include "ike/apply.h"
#include "ike/events.h"
#include "tests/fake/certificates.h"

#include <gtest/gtest.h>

/// What we take for granted of charon, asked of charon: the fake of the unit tests and our plan rest on it.

namespace linkspan::ike {
namespace {

class IkeContract : public testing::Test {
protected:
    void SetUp() override
    {
        if (!charon_.missing().empty()) GTEST_SKIP() << "needs " << charon_.missing();
        auto client = charon_.connect();
        ASSERT_TRUE(client) << client.error().what << "\n" << charon_.log();
        client_.emplace(std::move(*client));
    }

    static ConnectionSpec spec(std::string name = "hub")
    {
        ConnectionSpec s;
        const std::vector<TrafficSelector> all{IpPrefix::any(Family::V4), IpPrefix::any(Family::V6)};
        s.children = {{name, {id_of_name(name).value}, all, all}};
        s.name = {std::move(name)};
        s.local = *IpAddress::parse("192.0.2.1");
        s.remote = *IpAddress::parse("192.0.2.2");
        s.local_id = "edge-1.example.net";
        s.remote_id = "192.0.2.2";
        s.ike_proposals = {Proposal{"aes256gcm16-prfsha384-ecp384"}, Proposal{"aes256-sha256-modp2048"}};
        s.esp_proposals = {Proposal{"aes256gcm16-ecp384"}, Proposal{"aes128-sha1"}};
        s.mark = {s.children[0].reqid.value};
        s.psk = std::make_shared<const Secret>("correct horse battery staple");
        return s;
    }
    /// Gives charon the connection's local address, on a wire on which nobody answers.
    void give_address()
    {
        ASSERT_EQ(charon_.shell("ip link add wan type veth peer dark && ip link set dark up && ip link set wan up && "
                                "ip addr add 192.0.2.1/24 dev wan"),
                  "");
    }

    [[nodiscard]] std::vector<Op> plan() { return ike::plan({want_, up_, end_}, ledger_, observe(*client_).value()); }
    /// Applies a whole plan and answers how many steps it had.
    std::size_t reconcile()
    {
        const auto ops = plan();
        for (const Op& op : ops) {
            auto done = apply(*client_, op, ledger_);
            EXPECT_TRUE(done) << done.error().what;
        }
        return ops.size();
    }
    [[nodiscard]] std::string kernel() const { return charon_.shell("ip xfrm policy; ip xfrm state"); }
    [[nodiscard]] std::size_t logged(std::string_view line) const
    {
        const std::string log = charon_.log();
        std::size_t count = 0;
        for (auto at = log.find(line); at != std::string::npos; at = log.find(line, at + 1)) ++count;
        return count;
    }

    test::OwnCharon charon_;
    std::optional<Client> client_;
    std::map<ConnectionName, ConnectionSpec> want_;
    std::set<Reqid> up_;
    std::map<std::uint64_t, std::string> end_;
    Ledger ledger_;
};

TEST_F(IkeContract, OurConfigurationIsUnderstood)
{
    EXPECT_TRUE(client_->version().starts_with("charon ")) << client_->version();
    // curl is recommended, not required.
    EXPECT_EQ(logged("failed to load"), logged("plugin 'curl': failed to load")) << charon_.log();
    EXPECT_EQ(charon_.shell("cat /proc/sys/net/core/xfrm_acq_expires"), "30\n");
    EXPECT_TRUE(Events::connect(charon_.path())) << "all the events we register for exist";
}

/// A connection by certificate, with a CA and a key of its own.
ConnectionSpec by_certificate(ConnectionSpec spec)
{
    fake::Made authority;
    fake::Made own;
    fake::sign(authority, "CN=Example CA", nullptr);
    fake::add_name(own, GNUTLS_SAN_DNSNAME, spec.local_id);
    fake::sign(own, "CN=edge-1", &authority);
    X509 x509;
    x509.certificate = own.text(GNUTLS_X509_FMT_DER);
    x509.ca = {authority.text(GNUTLS_X509_FMT_DER)};
    x509.crls = {fake::revocation_list(authority)};
    x509.key = std::make_shared<const Secret>(own.pkcs8());
    spec.psk = {};
    spec.x509 = std::make_shared<const X509>(std::move(x509));
    return spec;
}

TEST_F(IkeContract, CertificatesArriveAndAKeyThatIsLeftIsForgotten)
{
    want_.emplace(spec().name, by_certificate(spec()));
    ASSERT_EQ(reconcile(), 1U);
    const auto first = observe(*client_).value().private_keys;
    EXPECT_EQ(first, (std::set<std::string>{ledger_.at({"hub"}).private_key}));
    EXPECT_EQ(reconcile(), 0U) << charon_.log();
    Message conn;
    ASSERT_TRUE(client_->stream("list-conns", "list-conn", {}, [&](const Message& m) -> Result<> {
        conn = m;
        return {};
    }));
    EXPECT_EQ(conn.section("hub").section("local-1").list("certs"), List{"CN=edge-1"});
    EXPECT_EQ(conn.section("hub").section("remote-1").list("cacerts"), List{"CN=Example CA"});

    want_.insert_or_assign(spec().name, by_certificate(spec())); // a renewed one, with a new key
    ASSERT_EQ(reconcile(), 1U);
    ASSERT_EQ(reconcile(), 1U) << "the old key goes";
    const auto second = observe(*client_).value().private_keys;
    EXPECT_EQ(second.size(), 1U);
    EXPECT_NE(second, first);

    want_.insert_or_assign(spec().name, spec());
    reconcile();
    EXPECT_EQ(reconcile(), 0U);
    EXPECT_TRUE(observe(*client_).value().private_keys.empty());
    want_.insert_or_assign(spec().name, by_certificate(spec()));
    reconcile();
    EXPECT_EQ(reconcile(), 0U);
    EXPECT_TRUE(observe(*client_).value().keys.empty()) << "the pre-shared key is gone with the last use";
}

TEST_F(IkeContract, EveryIdentityAndSettingIsUnderstood)
{
    for (const auto* id :
         {"keyid:tunnel 7", "keyid:#c0ffee", "@#c0ffee", "fqdn:edge", "email:noc@example.org", "ipv6:2001:db8::1",
          "C=DE, O=Example, CN=edge-1", "asn1dn:#300f310d300b06035504030c0465646765"}) {
        auto one = spec();
        one.local_id = id;
        one.sa = {
            .rekey_bytes = 1'000'000, .rekey_packets = 2'000, .copy_dscp = "yes", .copy_df = false, .copy_ecn = false};
        one.fragmentation = Fragmentation::Force;
        one.dscp = 48;
        one.esp_proposals = {Proposal{"aes256gcm16-esn"}, Proposal{"aes256gcm16-esn-noesn-ecp384"}};
        want_.insert_or_assign(one.name, one);
        EXPECT_EQ(reconcile(), 1U) << id;
    }
    auto old = spec();
    old.version = 1;
    old.aggressive = true;
    old.ike_proposals = {Proposal{"aes256-sha256-modp2048"}};
    want_.insert_or_assign(old.name, old);
    EXPECT_EQ(reconcile(), 1U);
}

TEST_F(IkeContract, AConnectionArrivesAsWritten)
{
    want_.emplace(spec().name, spec());
    ASSERT_EQ(reconcile(), 1U);
    const auto seen = observe(*client_).value();
    EXPECT_EQ(seen.loaded, (std::set<std::string>{"hub"}));
    EXPECT_EQ(seen.keys, (std::set<std::string>{"hub"}));
    EXPECT_TRUE(seen.sas.empty());

    Message conn;
    ASSERT_TRUE(client_->stream("list-conns", "list-conn", {}, [&](const Message& m) -> Result<> {
        conn = m;
        return {};
    }));
    const Section& hub = conn.section("hub");
    EXPECT_EQ(hub.text("version"), "IKEv2");
    EXPECT_EQ(hub.list("local_addrs"), List{"192.0.2.1"});
    EXPECT_EQ(hub.list("remote_addrs"), List{"192.0.2.2"});
    EXPECT_EQ(hub.text("rekey_time"), "14400");
    EXPECT_EQ(hub.text("unique"), "UNIQUE_NO");
    EXPECT_EQ(hub.text("dpd_delay"), "30");
    EXPECT_EQ(hub.section("local-1").text("id"), "edge-1.example.net");
    const Section& child = hub.section("children").section("hub");
    EXPECT_EQ(child.text("mode"), "TUNNEL");
    EXPECT_EQ(child.text("rekey_time"), "2520");
    EXPECT_EQ(child.list("local-ts"), (List{"0.0.0.0/0", "::/0"}));
}

TEST_F(IkeContract, LoadingWritesNothingIntoTheKernel)
{
    const std::string before = kernel();
    want_.emplace(spec().name, spec());
    ASSERT_EQ(reconcile(), 1U);
    EXPECT_EQ(logged("] installing 'hub'"), 1U) << "the trap is charon's own, and only charon's";
    EXPECT_EQ(kernel(), before);
}

TEST_F(IkeContract, APlanThatWasAppliedIsEmpty)
{
    want_.emplace(spec("a").name, spec("a"));
    want_.emplace(spec("b").name, spec("b"));
    EXPECT_EQ(reconcile(), 2U);
    EXPECT_EQ(reconcile(), 0U);
    want_.erase({"a"});
    EXPECT_EQ(reconcile(), 1U);
    EXPECT_EQ(reconcile(), 0U);
}

TEST_F(IkeContract, AdoptingReplacesNothing)
{
    want_.emplace(spec().name, spec());
    ASSERT_EQ(reconcile(), 1U);
    ledger_.clear(); // the agent died and came back
    ASSERT_EQ(reconcile(), 1U);
    EXPECT_EQ(logged("updated vici connection: hub"), 1U);
    EXPECT_EQ(logged("replaced vici connection: hub"), 0U);
    EXPECT_EQ(logged("] installing 'hub'"), 1U) << "the trap was left in place";
}

TEST_F(IkeContract, AnEditReplacesThatConnectionOnly)
{
    want_.emplace(spec("a").name, spec("a"));
    want_.emplace(spec("b").name, spec("b"));
    ASSERT_EQ(reconcile(), 2U);
    want_.at({"b"}).dpd_delay = std::chrono::seconds{10};
    ASSERT_EQ(reconcile(), 1U);
    EXPECT_EQ(logged("] installing 'a'"), 1U);
    EXPECT_EQ(logged("] installing 'b'"), 2U);
}

TEST_F(IkeContract, UnloadingWhatIsGoneIsSuccess)
{
    EXPECT_TRUE(apply(*client_, Unload{{"never-there"}}, ledger_));
    EXPECT_TRUE(apply(*client_, Terminate{{"never-there"}, 4711}, ledger_));
}

TEST_F(IkeContract, ARefusalNamesWhatIsWrongAndNoSecret)
{
    auto bad = spec();
    bad.esp_proposals = {Proposal{"rot13"}};
    const auto done = apply(*client_, Load{.spec = bad}, ledger_);
    ASSERT_FALSE(done);
    EXPECT_NE(done.error().what.find("esp_proposals"), std::string::npos) << done.error().what;
    EXPECT_EQ((done.error().what + charon_.log()).find("battery"), std::string::npos);
    EXPECT_FALSE(apply(*client_, Initiate{{"hub"}, "hub"}, ledger_)) << "nothing to initiate";
}

TEST_F(IkeContract, InitiatingReturnsAtOnceAndIsNotRepeated)
{
    give_address();
    want_.emplace(spec().name, spec());
    up_ = {spec().children[0].reqid};
    ASSERT_EQ(reconcile(), 2U);
    const auto sas = observe_sas(*client_).value();
    ASSERT_EQ(sas.size(), 1U) << charon_.log();
    EXPECT_EQ(sas[0].state, IkeState::Connecting);
    EXPECT_TRUE(sas[0].creating_child);
    EXPECT_EQ(plan(), std::vector<Op>{});
}

TEST_F(IkeContract, AnAttemptUnderAnOldKeyIsReplacedAtOnce)
{
    give_address();
    want_.emplace(spec().name, spec());
    up_ = {spec().children[0].reqid};
    ASSERT_EQ(reconcile(), 2U);
    want_.at({"hub"}).psk = std::make_shared<const Secret>("another");
    EXPECT_EQ(reconcile(), 3U) << "load, terminate, initiate";
    const auto sas = observe_sas(*client_).value();
    ASSERT_EQ(sas.size(), 1U);
    EXPECT_EQ(sas[0].unique_id, 2U);
    EXPECT_EQ(plan(), std::vector<Op>{});
}

TEST_F(IkeContract, WhatIsHeldDownIsGoneAtOnce)
{
    give_address();
    want_.emplace(spec().name, spec());
    up_ = {spec().children[0].reqid};
    ASSERT_EQ(reconcile(), 2U);
    want_.clear();
    up_.clear();
    EXPECT_EQ(reconcile(), 2U) << "unload, terminate";
    EXPECT_TRUE(observe(*client_)->sas.empty());
    EXPECT_EQ(plan(), std::vector<Op>{});
}

} // namespace
} // namespace linkspan::ike
