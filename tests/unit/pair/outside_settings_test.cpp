#include "pair/outside_settings.h"

#include <gtest/gtest.h>

namespace linkspan::pair {
namespace {

config::Ha file()
{
    config::Ha ha;
    ha.addresses = {{*IpInterface::parse("203.0.113.10/24"), LinkName{"wan0"}},
                    {*IpInterface::parse("10.1.0.1/24"), LinkName{"lan0"}}};
    return ha;
}

TEST(OutsideSettings, AnnouncementsNeedNobody)
{
    EXPECT_EQ(outside_of(file(), "edge-a"), OutsideSpec{});
    EXPECT_EQ(mover_of(outside_of(file(), "edge-a")), "");
}

TEST(OutsideSettings, AHookIsToldTheAddressesAndWhoAsks)
{
    auto ha = file();
    ha.takeover = config::Takeover::Exec;
    ha.exec = {"/usr/local/sbin/move-address", std::chrono::seconds{30}};
    const auto spec = outside_of(ha, "edge-a");
    EXPECT_EQ(mover_of(spec), "exec");
    const takeover::ExecSpec wanted{.command = "/usr/local/sbin/move-address",
                                    .addresses = {"203.0.113.10/24@wan0", "10.1.0.1/24@lan0"},
                                    .gateway = "edge-a",
                                    .limit = std::chrono::seconds{30}};
    EXPECT_EQ(std::get<takeover::ExecSpec>(spec.mover), wanted);
}

TEST(OutsideSettings, EtcdIsAskedAtEveryEndpointBeforeTheCoreGivesUp)
{
    auto ha = file();
    ha.arbiter = config::Arbiter::Etcd;
    ha.etcd.endpoints = {"https://one.example.org:2379", "https://two.example.org:2379"};
    ha.etcd.ca.path = "/etc/linkspan/x509/etcd-ca.pem";
    const auto spec = outside_of(ha, "edge-a");
    EXPECT_EQ(arbiter_of(spec), "etcd");
    EXPECT_EQ(std::get<takeover::EtcdSpec>(spec.arbiter), (takeover::EtcdSpec{ha.etcd.endpoints, "linkspan/ha"}));
    EXPECT_EQ(spec.tls.authorities, "/etc/linkspan/x509/etcd-ca.pem");
    EXPECT_LT(spec.ballot.budget, ha.interval * ha.lost);
    EXPECT_LE(spec.ballot.attempt * 2, spec.ballot.budget);
}

} // namespace
} // namespace linkspan::pair
