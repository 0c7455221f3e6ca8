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
                    Edit{"IkeProposals", [](auto& s) { s.ike_proposals.pop_back(); }, true},
                    Edit{"EspProposals", [](auto& s) { s.esp_proposals.pop_back(); }, true},
                    Edit{"LocalTs", [](auto& s) { s.children[0].local_ts = {*IpPrefix::parse("10.1.0.0/16")}; }, false},
                    Edit{"RemoteTs", [](auto& s) { s.children[0].remote_ts = {*IpPrefix::parse("10.2.0.0/16")}; },
                         false},
                    Edit{"Reqid", [](auto& s) { s.children[0].reqid = {0x1000'0001}; }, false},
                    Edit{"Mark", [](auto& s) { s.mark = {0x1000'0001}; }, true},
                    Edit{"IfId", [](auto& s) { s.if_id = {0x1000'0001}; }, true},
                    Edit{"ReplayWindow", [](auto& s) { s.replay_window = 64; }, true},
                    Edit{"Encapsulation", [](auto& s) { s.force_encapsulation = true; }, true},
                    Edit{"Key", [](auto& s) { s.psk = test::key("battery staple"); }, true},
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

} // namespace
} // namespace linkspan::ike
