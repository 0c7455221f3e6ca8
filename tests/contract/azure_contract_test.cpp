#include "cloud_run.h"
#include "takeover/azure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::takeover {
namespace {

using std::chrono::seconds;
using test::CloudRun;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

/// Resource Manager and the metadata as tests/fake/cloud plays them: an interface that has an address of another is refused,
/// an old ETag is, and a change may be an operation that takes a while.
class AzureContract : public testing::Test {
protected:
    test::OwnCloud cloud;
    std::unique_ptr<CloudRun> run;

    void SetUp() override
    {
        if (!cloud.missing().empty()) GTEST_SKIP() << "no " << cloud.missing();
    }
    AzureSpec spec() const
    {
        return {.endpoint = cloud.origin(),
                .metadata = cloud.origin(),
                .mac = "00:0d:3a:00:00:01",
                .addresses = {*IpAddress::parse("10.0.0.10")},
                .public_address = "front",
                .routes = {{"table", *IpPrefix::parse("0.0.0.0/0"), *IpAddress::parse("10.0.0.4")}}};
    }
    void warm_up(AzureSpec wanted)
    {
        run = std::make_unique<CloudRun>(cloud, std::make_unique<Azure>(std::move(wanted)),
                                         CloudTiming{.budget = seconds{60}, .watch = std::chrono::hours{1}});
        for (int turns = 0; turns < 1000 && !std::ranges::count(run->asked(), "GET networkInterfaces"); ++turns) {
            run->settle();
            run->ahead += std::chrono::milliseconds{100};
        }
    }
    void fault(const char* json) { cloud.control("/_faults", json); }
    Report take(std::uint64_t epoch)
    {
        run->driver->ask({Verb::Take, {epoch}});
        return run->decided();
    }
    std::string nic(const char* name) const
    {
        return boost::json::serialize(run->state_of("ResourceManager").at("nics").at(name));
    }
};

TEST_F(AzureContract, addresses_leave_the_other_interface_and_come_to_ours_with_the_mark)
{
    warm_up(spec());
    const auto report = take(6);
    ASSERT_EQ(report.outcome, Outcome::Done) << report.detail;
    EXPECT_THAT(nic("gw-a"), HasSubstr("10.0.0.10"));
    EXPECT_THAT(nic("gw-a"), HasSubstr("publicIPAddresses/front"));
    EXPECT_THAT(nic("gw-a"), HasSubstr(R"("linkspan-epoch":"6")"));
    EXPECT_THAT(nic("gw-a"), HasSubstr(R"("owner":"netops")")) << "what else is there stays";
    EXPECT_THAT(nic("gw-a"), HasSubstr("enableIPForwarding"));
    EXPECT_THAT(nic("gw-b"), testing::Not(HasSubstr("10.0.0.10")));
    EXPECT_THAT(nic("gw-b"), testing::Not(HasSubstr("publicIPAddresses/front")));
    EXPECT_THAT(nic("gw-b"), HasSubstr("10.0.0.5")) << "its own address stays";
    const auto state = run->state_of("ResourceManager");
    EXPECT_EQ(state.at("tables").at("table").at("all").at("nextHopIpAddress"), "10.0.0.4");
}

TEST_F(AzureContract, a_warm_takeover_begins_with_the_changes_over_connections_that_are_open)
{
    warm_up(spec());
    const auto connections = run->connections();
    const auto before = run->asked().size();
    cloud.control("/_gather", "2"); // who sends one after the other gets no answer at all
    ASSERT_EQ(take(4).outcome, Outcome::Done);
    EXPECT_EQ(run->connections(), connections) << "nothing was connected anew";
    auto asked = run->asked(before);
    asked.resize(2);
    EXPECT_THAT(asked, UnorderedElementsAre("PUT gw-b", "PUT all")) << "nothing had to be read first";
}

TEST_F(AzureContract, operations_that_take_a_while_are_polled_to_their_end)
{
    cloud.control("/_world", R"({"ResourceManager": {"polls": 3}})");
    warm_up(spec());
    EXPECT_EQ(take(4).outcome, Outcome::Done);
    EXPECT_EQ(std::ranges::count(run->asked(), "GET operation"), 9) << "two changes of interfaces, one of a route";
}

TEST_F(AzureContract, a_route_that_is_not_there_is_made)
{
    auto wanted = spec();
    wanted.routes.push_back({"table", *IpPrefix::parse("10.7.0.0/16"), *IpAddress::parse("10.0.0.4")});
    warm_up(wanted);
    EXPECT_EQ(take(4).outcome, Outcome::Done);
    EXPECT_EQ(
        run->state_of("ResourceManager").at("tables").at("table").at("linkspan-10.7.0.0-16").at("nextHopIpAddress"),
        "10.0.0.4");
}

class AzureFault : public AzureContract, public testing::WithParamInterface<const char*> {};

TEST_P(AzureFault, is_overcome)
{
    warm_up(spec());
    fault(GetParam());
    const auto report = take(4);
    EXPECT_EQ(report.outcome, Outcome::Done) << report.detail;
    EXPECT_THAT(nic("gw-a"), HasSubstr("10.0.0.10"));
    EXPECT_THAT(nic("gw-a"), HasSubstr("publicIPAddresses/front"));
}
INSTANTIATE_TEST_SUITE_P(Kinds, AzureFault,
                         testing::Values(R"([{"name": "PUT gw-a", "kind": "too-many", "times": 4}])",
                                         R"([{"name": "PUT gw-b", "kind": "precondition", "times": 2}])",
                                         R"([{"name": "PUT gw-b", "kind": "busy", "times": 3}])",
                                         R"([{"name": "PUT gw-a", "kind": "lost"}])",
                                         R"([{"name": "PUT gw-b", "kind": "lost"}])",
                                         R"([{"name": "PUT all", "kind": "broken", "times": 2}])",
                                         R"([{"name": "GET networkInterfaces", "kind": "too-many", "times": 3}])",
                                         R"([{"name": "GET networkInterfaces", "kind": "lost"}])",
                                         R"([{"name": "PUT gw-a", "kind": "unauthorized"}])"));

TEST_F(AzureContract, an_etag_that_became_old_is_noticed_by_azure_and_read_anew)
{
    warm_up(spec());
    cloud.control("/_world", R"({"ResourceManager": {"versions": {"gw-b": 7, "gw-a": 9}}})");
    const auto before = run->asked().size();
    EXPECT_EQ(take(4).outcome, Outcome::Done);
    EXPECT_EQ(std::ranges::count(run->asked(before), "PUT gw-b"), 2) << "refused, and done";
}

TEST_F(AzureContract, a_missing_right_fails_at_once_and_says_so)
{
    warm_up(spec());
    fault(R"([{"name": "PUT gw-b", "kind": "forbidden"}])");
    const auto report = take(4);
    EXPECT_EQ(report.outcome, Outcome::Failed);
    EXPECT_THAT(report.detail, HasSubstr("status 403, AuthorizationFailed: no role"));
}

TEST_F(AzureContract, the_first_address_of_an_interface_cannot_move_and_that_is_said)
{
    auto wanted = spec();
    wanted.addresses = {*IpAddress::parse("10.0.0.5")};
    warm_up(wanted);
    const auto report = take(4);
    EXPECT_EQ(report.outcome, Outcome::Failed);
    EXPECT_THAT(report.detail, HasSubstr("the first one of the interface gw-b and cannot leave it"));
}

TEST_F(AzureContract, the_loser_notices)
{
    warm_up(spec());
    ASSERT_EQ(take(4).outcome, Outcome::Done);
    auto nics = run->state_of("ResourceManager").at("nics").as_object();
    // The other gateway has taken everything in a newer tenure: the two have changed places.
    auto mine = nics.at("gw-a"), theirs = nics.at("gw-b");
    std::swap(mine.as_object()["properties"].as_object()["ipConfigurations"],
              theirs.as_object()["properties"].as_object()["ipConfigurations"]);
    theirs.as_object()["tags"].as_object()["linkspan-epoch"] = "5";
    cloud.control("/_world", boost::json::serialize(boost::json::object{
                                 {"ResourceManager", {{"nics", {{"gw-a", mine}, {"gw-b", theirs}}}}}}));
    run->ahead += std::chrono::minutes{70};
    const auto report = run->decided();
    EXPECT_EQ(report.outcome, Outcome::Lost) << report.detail;
    EXPECT_THAT(report.detail, HasSubstr("a newer tenure, 5"));
}

} // namespace
} // namespace linkspan::takeover
