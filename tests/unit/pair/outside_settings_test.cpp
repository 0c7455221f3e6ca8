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
    EXPECT_EQ(outside_of(file(), "edge-a", {}).value(), OutsideSpec{});
    EXPECT_EQ(mover_of(outside_of(file(), "edge-a", {}).value()), "");
}

TEST(OutsideSettings, AHookIsToldTheAddressesAndWhoAsks)
{
    auto ha = file();
    ha.takeover = config::Takeover::Exec;
    ha.exec = {"/usr/local/sbin/move-address", std::chrono::seconds{30}};
    const auto spec = outside_of(ha, "edge-a", {}).value();
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
    const auto spec = outside_of(ha, "edge-a", {}).value();
    EXPECT_EQ(arbiter_of(spec), "etcd");
    EXPECT_EQ(std::get<takeover::EtcdSpec>(spec.arbiter), (takeover::EtcdSpec{ha.etcd.endpoints, "linkspan/ha"}));
    EXPECT_EQ(spec.tls.authorities, "/etc/linkspan/x509/etcd-ca.pem");
    EXPECT_LT(spec.ballot.budget, ha.interval * ha.lost);
    EXPECT_LE(spec.ballot.attempt * 2, spec.ballot.budget);
}

const OwnLinks own{
    {LinkName{"wan0"}, {"0a:00:00:00:00:01", {*IpAddress::parse("203.0.113.10"), *IpAddress::parse("203.0.113.4")}}},
    {LinkName{"lan0"}, {"0a:00:00:00:00:02", {*IpAddress::parse("10.1.0.4")}}}};

TEST(OutsideSettings, ElasticAddressesStandForTheSharedOnesInTheirOrder)
{
    auto ha = file();
    ha.takeover = config::Takeover::Aws;
    ha.aws.allocations = {"eipalloc-1", "eipalloc-2", "eipalloc-3"};
    ha.aws.route_tables = {"rtb-1"};
    ha.aws.routes = {*IpPrefix::parse("10.20.0.0/16")};
    const auto spec = outside_of(ha, "edge-a", own).value();
    EXPECT_EQ(mover_of(spec), "aws");
    const auto& aws = std::get<takeover::AwsSpec>(spec.mover);
    const auto wan = *IpAddress::parse("203.0.113.10"), lan = *IpAddress::parse("10.1.0.1");
    EXPECT_EQ(aws.addresses,
              (std::vector<takeover::SecondaryAddress>{{wan, "0a:00:00:00:00:01"}, {lan, "0a:00:00:00:00:02"}}));
    EXPECT_EQ(aws.elastic, (std::vector<takeover::ElasticAddress>{{"eipalloc-1", "0a:00:00:00:00:01", wan},
                                                                  {"eipalloc-2", "0a:00:00:00:00:02", lan},
                                                                  {"eipalloc-3", "0a:00:00:00:00:01", {}}}));
    EXPECT_EQ(aws.routes,
              (std::vector<takeover::TableRoute>{{"rtb-1", *IpPrefix::parse("10.20.0.0/16"), "0a:00:00:00:00:02"}}));
}

TEST(OutsideSettings, ALinkThatIsNotThereIsSaid)
{
    auto ha = file();
    ha.takeover = config::Takeover::Aws;
    const auto spec = outside_of(ha, "edge-a", {});
    ASSERT_FALSE(spec);
    EXPECT_EQ(spec.error().kind, Kind::Config);
    EXPECT_NE(spec.error().what.find("wan0"), std::string::npos) << spec.error().what;
}

TEST(OutsideSettings, AzuresRoutesLeadToAnAddressThatStays)
{
    auto ha = file();
    ha.addresses.pop_back();
    ha.takeover = config::Takeover::Azure;
    ha.azure.public_address = "front";
    ha.azure.route_tables = {"lan-routes"};
    ha.azure.routes = {*IpPrefix::parse("0.0.0.0/0")};
    ha.azure.probe_port = 8117;
    const auto spec = outside_of(ha, "edge-a", own).value();
    EXPECT_EQ(mover_of(spec), "azure");
    EXPECT_EQ(spec.probe_port, 8117);
    const auto& azure = std::get<takeover::AzureSpec>(spec.mover);
    EXPECT_EQ(azure.mac, "0a:00:00:00:00:01");
    EXPECT_EQ(azure.addresses, std::vector{*IpAddress::parse("203.0.113.10")});
    EXPECT_EQ(azure.routes, (std::vector<takeover::AzureRoute>{
                                {"lan-routes", *IpPrefix::parse("0.0.0.0/0"), *IpAddress::parse("203.0.113.4")}}));
    EXPECT_EQ(azure.endpoint, "https://management.azure.com");
}

TEST(OutsideSettings, AzuresRoutesNeedAnAddressThatStays)
{
    auto ha = file();
    ha.addresses.pop_back();
    ha.takeover = config::Takeover::Azure;
    ha.azure.route_tables = {"lan-routes"};
    ha.azure.routes = {*IpPrefix::parse("0.0.0.0/0")};
    auto shared_only = own;
    shared_only[LinkName{"wan0"}].addresses.pop_back();
    EXPECT_EQ(outside_of(ha, "edge-a", shared_only).error().kind, Kind::Config);
}

TEST(OutsideSettings, TheCloudsArbiterIsItsStore)
{
    auto ha = file();
    ha.arbiter = config::Arbiter::Cloud;
    ha.takeover = config::Takeover::Aws;
    ha.aws.table = "linkspan-ha";
    const auto by_address = outside_of(ha, "edge-a", own).value();
    EXPECT_EQ(arbiter_of(by_address), "DynamoDB");
    EXPECT_EQ(std::get<takeover::DynamoDbSpec>(by_address.arbiter).pair, "203.0.113.10/24");
    ha.aws.allocations = {"eipalloc-1"};
    const auto item = std::get<takeover::DynamoDbSpec>(outside_of(ha, "edge-a", own).value().arbiter);
    EXPECT_EQ(item.table, "linkspan-ha");
    EXPECT_EQ(item.pair, "eipalloc-1");
}

TEST(OutsideSettings, InAzureItIsABlobOfThePairsOwn)
{
    auto ha = file();
    ha.addresses.pop_back();
    ha.arbiter = config::Arbiter::Cloud;
    ha.takeover = config::Takeover::Azure;
    const auto blob = [&] { return std::get<takeover::BlobSpec>(outside_of(ha, "edge-a", own).value().arbiter); };
    ha.azure.blob = "https://store.blob.core.windows.net/linkspan";
    EXPECT_EQ(arbiter_of(outside_of(ha, "edge-a", own).value()), "Azure Storage");
    EXPECT_EQ(blob().origin, "https://store.blob.core.windows.net");
    EXPECT_EQ(blob().path, "/linkspan/203.0.113.10");
    ha.azure.public_address = "edge-ip";
    EXPECT_EQ(blob().path, "/linkspan/edge-ip");
    ha.azure.blob = "https://store.blob.core.chinacloudapi.cn/linkspan/pairs/one";
    EXPECT_EQ(blob(), (takeover::BlobSpec{"https://store.blob.core.chinacloudapi.cn", "/linkspan/pairs/one"}));
}

} // namespace
} // namespace linkspan::pair
