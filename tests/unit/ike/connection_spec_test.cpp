#include "ike/connection_spec.h"

#include "specs.h"

#include <gtest/gtest.h>

#include <functional>

namespace linkspan::ike {
namespace {

struct Edit {
    const char* name;
    std::function<void(ConnectionSpec&)> make;
    bool new_sa;
};

class ConnectionSpecEdit : public testing::TestWithParam<Edit> {};

TEST_P(ConnectionSpecEdit, IsSeenAndWeighed)
{
    const auto before = test::spec();
    auto after = test::spec();
    GetParam().make(after);
    EXPECT_NE(before, after);
    EXPECT_EQ(needs_new_sa(before, after), GetParam().new_sa);
}

using namespace std::chrono_literals;
INSTANTIATE_TEST_SUITE_P(
    Each, ConnectionSpecEdit,
    testing::Values(Edit{"Local", [](auto& s) { s.local = *IpAddress::parse("203.0.113.11"); }, true},
                    Edit{"Remote", [](auto& s) { s.remote = *IpAddress::parse("198.51.100.8"); }, true},
                    Edit{"LocalId", [](auto& s) { s.local_id = "edge-1"; }, true},
                    Edit{"RemoteId", [](auto& s) { s.remote_id = "%any"; }, true},
                    Edit{"IkeProposals", [](auto& s) { s.ike_proposals = {}; }, true},
                    Edit{"EspProposals", [](auto& s) { s.esp_proposals = {}; }, true},
                    Edit{"LocalTs", [](auto& s) { s.children[0].local_ts = {*IpPrefix::parse("10.1.0.0/16")}; }, false},
                    Edit{"RemoteTs", [](auto& s) { s.children[0].remote_ts = {*IpPrefix::parse("10.2.0.0/16")}; },
                         false},
                    Edit{"Reqid", [](auto& s) { s.children[0].reqid = {0x1000'0001}; }, false},
                    Edit{"Mark", [](auto& s) { s.mark = {0x1000'0001}; }, true},
                    Edit{"IfId", [](auto& s) { s.if_id = {0x1000'0001}; }, true},
                    Edit{"ReplayWindow", [](auto& s) { s.replay_window = 64; }, true},
                    Edit{"Encapsulation", [](auto& s) { s.force_encapsulation = true; }, true},
                    Edit{"Key", [](auto& s) { s.psk = test::key("battery staple"); }, true},
                    Edit{"Version", [](auto& s) { s.version = 1; }, true},
                    Edit{"Aggressive", [](auto& s) { s.aggressive = true; }, true},
                    Edit{"CopyDscp", [](auto& s) { s.sa.copy_dscp = "yes"; }, true},
                    Edit{"CopyDf", [](auto& s) { s.sa.copy_df = false; }, true},
                    Edit{"CopyEcn", [](auto& s) { s.sa.copy_ecn = false; }, true},
                    Edit{"Certificate", [](auto& s) { s.psk = {}, s.x509 = test::x509_spec().x509; }, true},
                    Edit{"ChildBytes", [](auto& s) { s.sa.rekey_bytes = 1'000'000; }, false},
                    Edit{"ChildPackets", [](auto& s) { s.sa.rekey_packets = 1'000; }, false},
                    Edit{"Fragmentation", [](auto& s) { s.fragmentation = Fragmentation::No; }, false},
                    Edit{"Dscp", [](auto& s) { s.dscp = 48; }, false},
                    Edit{"IkeLifetime", [](auto& s) { s.ike_rekey = 8h; }, false},
                    Edit{"ChildLifetime", [](auto& s) { s.child_rekey = 8h; }, false},
                    Edit{"DpdDelay", [](auto& s) { s.dpd_delay = 10s; }, false},
                    Edit{"Trap", [](auto& s) { s.trap = false; }, false}),
    [](const auto& test) { return std::string{test.param.name}; });

TEST(ConnectionSpec, ChildrenAreFoundByName)
{
    const auto spec = test::spec("hub");
    EXPECT_EQ(find_child(spec, "hub"), &spec.children[0]);
    EXPECT_EQ(find_child(spec, "spoke"), nullptr);
}

TEST(ConnectionSpec, TheSameKeyReadTwiceIsTheSame)
{
    EXPECT_EQ(test::spec(), test::spec());
    auto without = test::spec();
    without.psk.reset();
    EXPECT_NE(test::spec(), without);
}

X509 edited(void (*edit)(X509&))
{
    auto x509 = *test::x509_spec().x509;
    edit(x509);
    return x509;
}

TEST(ConnectionSpec, ARenewedCertificateLeavesTheTunnelUpAndANewCaDoesNot)
{
    const auto before = test::x509_spec();
    EXPECT_EQ(before, test::x509_spec());
    const auto with = [&](const X509& x509) {
        auto after = before;
        after.x509 = std::make_shared<const X509>(x509);
        EXPECT_NE(before, after);
        return needs_new_sa(before, after);
    };
    EXPECT_FALSE(with(edited([](X509& x) { x.certificate = "renewed"; })));
    EXPECT_FALSE(with(edited([](X509& x) { x.key = test::key("renewed"); })));
    EXPECT_FALSE(with(edited([](X509& x) { x.crls.clear(); })));
    EXPECT_FALSE(with(edited([](X509& x) { x.revocation = "strict"; })));
    EXPECT_TRUE(with(edited([](X509& x) { x.ca.pop_back(); })));
    EXPECT_TRUE(with(edited([](X509& x) { x.remote_certificate = "pinned"; })));
}

} // namespace
} // namespace linkspan::ike
