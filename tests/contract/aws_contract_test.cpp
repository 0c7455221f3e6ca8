#include "cloud_run.h"
#include "takeover/aws.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::takeover {
namespace {

using std::chrono::seconds;
using test::CloudRun;
using testing::Contains;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

constexpr auto wan = "0a:00:00:00:00:01";
constexpr auto lan = "0a:00:00:00:00:02";

/// EC2 and the instance metadata as tests/fake/cloud plays them; it checks every signature with Python's HMAC.
class AwsContract : public testing::Test {
protected:
    test::OwnCloud cloud;
    std::unique_ptr<CloudRun> run;

    void SetUp() override
    {
        if (!cloud.missing().empty()) GTEST_SKIP() << "no " << cloud.missing();
    }
    AwsSpec spec() const
    {
        return {.endpoint = cloud.origin(),
                .metadata = cloud.origin(),
                .elastic = {{"eipalloc-1", wan, {}}},
                .addresses = {{*IpAddress::parse("10.0.0.10"), wan}},
                .routes = {{"rtb-1", *IpPrefix::parse("0.0.0.0/0"), lan},
                           {"rtb-1", *IpPrefix::parse("10.9.0.0/16"), lan},
                           {"rtb-2", *IpPrefix::parse("0.0.0.0/0"), lan}}};
    }
    /// As a standby is after its start: it has credentials, and has looked at everything once.
    void warm_up(AwsSpec wanted)
    {
        run = std::make_unique<CloudRun>(cloud, std::make_unique<Aws>(std::move(wanted)),
                                         CloudTiming{.budget = seconds{30}, .watch = std::chrono::hours{1}});
        for (int turns = 0; turns < 1000 && looks(run->asked()) == 0; ++turns) {
            run->settle();
            run->ahead += std::chrono::milliseconds{100};
        }
    }
    static std::ptrdiff_t looks(const std::vector<std::string>& names)
    {
        return std::ranges::count_if(names, [](const auto& name) { return name.starts_with("Describe"); });
    }
    void fault(const char* json) { cloud.control("/_faults", json); }
    Report take(std::uint64_t epoch)
    {
        run->driver->ask({Verb::Take, {epoch}});
        return run->decided();
    }
};

TEST_F(AwsContract, a_warm_takeover_is_one_round_trip_over_connections_that_are_open)
{
    warm_up(spec());
    const auto connections = run->connections();
    const auto before = run->asked().size();
    cloud.control("/_gather", "6"); // who sends one after the other gets no answer at all
    const auto report = take(4);
    EXPECT_EQ(report.outcome, Outcome::Done) << report.detail;
    EXPECT_EQ(run->connections(), connections) << "nothing was connected anew";
    auto asked = run->asked(before);
    ASSERT_GE(asked.size(), 12U);
    const std::vector<std::string> looked{asked.begin() + 6, asked.end()};
    asked.resize(6);
    EXPECT_THAT(asked, UnorderedElementsAre("AssociateAddress", "AssignPrivateIpAddresses", "ReplaceRoute",
                                            "ReplaceRoute", "ReplaceRoute", "CreateTags"));
    EXPECT_EQ(looks(looked), 6) << "each was verified once, and nothing else was asked";
    EXPECT_EQ(looked.size(), 6U);
    std::set<std::int64_t> used;
    const auto log = run->log();
    for (std::size_t at = 0; at < 6; ++at)
        used.insert(log.at("requests").as_array()[before + at].at("connection").as_int64());
    EXPECT_EQ(used.size(), 6U) << "side by side, not one after the other";
}

TEST_F(AwsContract, everything_is_here_and_marked_when_it_is_said_to_be)
{
    warm_up(spec());
    EXPECT_EQ(take(6).outcome, Outcome::Done);
    const auto state = run->state_of("Ec2");
    EXPECT_EQ(state.at("elastic").at("eipalloc-1").at(0), "eni-own-wan");
    EXPECT_EQ(state.at("secondary").at("10.0.0.10"), "eni-own-wan");
    EXPECT_EQ(state.at("routes").at("rtb-1").at("0.0.0.0/0"), "eni-own-lan");
    EXPECT_EQ(state.at("routes").at("rtb-1").at("10.9.0.0/16"), "eni-own-lan");
    EXPECT_EQ(state.at("routes").at("rtb-2").at("0.0.0.0/0"), "eni-own-lan");
    EXPECT_EQ(state.at("tags").at("eipalloc-1").at(1), "6");
    EXPECT_EQ(state.at("tags").at("rtb-2").at(1), "6");
    EXPECT_EQ(state.at("elastic").at("eipalloc-2").at(0), "eni-peer-wan") << "what is not in the file stays";
}

TEST_F(AwsContract, an_elastic_address_waits_for_the_private_one_it_stands_for)
{
    auto wanted = spec();
    wanted.elastic[0].address = IpAddress::parse("10.0.0.10").value();
    fault(R"([{"name": "AssignPrivateIpAddresses", "kind": "throttled", "times": 2}])");
    warm_up(wanted);
    EXPECT_EQ(take(4).outcome, Outcome::Done);
    EXPECT_EQ(run->state_of("Ec2").at("elastic").at("eipalloc-1").at(1), "10.0.0.10");
}

TEST_F(AwsContract, a_route_that_is_not_there_is_made)
{
    auto wanted = spec();
    wanted.routes.push_back({"rtb-2", *IpPrefix::parse("10.7.0.0/16"), lan});
    warm_up(wanted);
    EXPECT_EQ(take(4).outcome, Outcome::Done);
    EXPECT_EQ(run->state_of("Ec2").at("routes").at("rtb-2").at("10.7.0.0/16"), "eni-own-lan");
}

/// What may go wrong on the way, and what it must not keep from its end.
class AwsFault : public AwsContract, public testing::WithParamInterface<const char*> {};

TEST_P(AwsFault, is_overcome)
{
    warm_up(spec());
    fault(GetParam());
    const auto report = take(4);
    EXPECT_EQ(report.outcome, Outcome::Done) << report.detail;
    const auto state = run->state_of("Ec2");
    EXPECT_EQ(state.at("elastic").at("eipalloc-1").at(0), "eni-own-wan");
    EXPECT_EQ(state.at("routes").at("rtb-2").at("0.0.0.0/0"), "eni-own-lan");
}
INSTANTIATE_TEST_SUITE_P(
    Kinds, AwsFault,
    testing::Values(R"([{"name": "AssociateAddress", "kind": "throttled", "times": 5}])",
                    R"([{"name": "ReplaceRoute", "kind": "throttled", "times": 9}])",
                    R"([{"name": "AssociateAddress", "kind": "conflict", "times": 3}])",
                    R"([{"name": "AssociateAddress", "kind": "broken", "times": 3}])",
                    R"([{"name": "AssociateAddress", "kind": "lost"}, {"name": "ReplaceRoute", "kind": "lost"}])",
                    R"([{"name": "AssociateAddress", "kind": "expired"}])",
                    R"([{"name": "AssociateAddress", "kind": "garbage"}])",
                    R"([{"name": "DescribeAddresses", "kind": "stale", "times": 3}])",
                    R"([{"name": "DescribeAddresses", "kind": "stale", "times": 9}])",
                    R"([{"name": "DescribeRouteTables", "kind": "throttled", "times": 4}])",
                    R"([{"name": "DescribeAddresses", "kind": "garbage", "times": 3}])",
                    R"([{"name": "CreateTags", "kind": "denied"}])"));

TEST_F(AwsContract, what_is_not_allowed_fails_at_once_and_says_what)
{
    warm_up(spec());
    fault(R"([{"name": "AssociateAddress", "kind": "denied"}])");
    const auto before = run->asked().size();
    const auto report = take(4);
    EXPECT_EQ(report.outcome, Outcome::Failed);
    EXPECT_THAT(report.detail, HasSubstr("elastic address eipalloc-1: status 403, UnauthorizedOperation"));
    const auto asked = run->asked(before);
    EXPECT_EQ(std::ranges::count(asked, "AssociateAddress"), 1);
    EXPECT_EQ(take(4).outcome, Outcome::Done) << "the caller may ask again";
}

TEST_F(AwsContract, throttling_without_end_is_given_up_when_the_budget_is_used)
{
    warm_up(spec());
    fault(R"([{"name": "AssociateAddress", "kind": "throttled", "times": 1000}])");
    const auto began = run->ahead;
    const auto report = take(4);
    EXPECT_EQ(report.outcome, Outcome::Failed);
    EXPECT_THAT(report.detail, HasSubstr("RequestLimitExceeded"));
    EXPECT_GE(run->ahead - began, seconds{20});
    EXPECT_LE(std::ranges::count(run->asked(), "AssociateAddress"), 20) << "it backs off";
}

TEST_F(AwsContract, a_gateway_that_is_late_gives_way_to_a_newer_tenure)
{
    cloud.control("/_world", R"({"Ec2": {"tags": {"eipalloc-1": ["linkspan:epoch", "9"]}}})");
    warm_up(spec());
    fault(R"([{"name": "CreateTags", "kind": "broken", "times": 9}])"); // what it reads is the other gateway's
    const auto report = take(8);
    EXPECT_EQ(report.outcome, Outcome::Superseded);
    EXPECT_THAT(report.detail, HasSubstr("a newer tenure, 9, has marked it"));
}

TEST_F(AwsContract, the_loser_notices)
{
    warm_up(spec());
    ASSERT_EQ(take(4).outcome, Outcome::Done);
    cloud.control("/_world",
                  R"({"Ec2": {"tags": {"eipalloc-1": ["linkspan:epoch", "5"], "rtb-1": ["linkspan:epoch", "5"]},
                                         "elastic": {"eipalloc-1": ["eni-peer-wan", "10.0.0.5"]}}})");
    run->ahead += std::chrono::hours{2}; // the watch is due
    const auto report = run->decided();
    EXPECT_EQ(report.outcome, Outcome::Lost);
    EXPECT_THAT(report.detail, HasSubstr("a newer tenure, 5, has marked it"));
    EXPECT_EQ(run->state_of("Ec2").at("elastic").at("eipalloc-1").at(0), "eni-peer-wan") << "not taken back";
}

TEST_F(AwsContract, what_somebody_took_without_a_tenure_is_taken_back)
{
    warm_up(spec());
    ASSERT_EQ(take(4).outcome, Outcome::Done);
    cloud.control("/_world", R"({"Ec2": {"elastic": {"eipalloc-1": ["eni-peer-wan", "10.0.0.5"]}}})");
    run->ahead += std::chrono::hours{2};
    const auto report = run->decided();
    EXPECT_EQ(report.outcome, Outcome::Done) << report.detail;
    EXPECT_EQ(run->state_of("Ec2").at("elastic").at("eipalloc-1").at(0), "eni-own-wan");
}

TEST_F(AwsContract, a_release_ends_what_was_under_way)
{
    warm_up(spec());
    fault(R"([{"name": "AssociateAddress", "kind": "throttled", "times": 1000}])");
    run->driver->ask({Verb::Take, {4}});
    run->driver->ask({Verb::Release, {4}});
    EXPECT_EQ(run->decided().request, (Request{Verb::Take, {4}}));
    EXPECT_THAT(run->told, Contains(Report{{Verb::Release, {4}}, Outcome::Done, ""}));
    run->settle();
    const auto before = run->asked().size();
    run->ahead += seconds{20};
    run->settle();
    EXPECT_EQ(run->asked().size(), before) << "nothing goes on";
}

TEST_F(AwsContract, credentials_are_renewed_before_their_end)
{
    cloud.control("/_world", R"({"Metadata": {"lifetime": 500}})"); // less than is wanted
    warm_up(spec());
    cloud.control("/_world", R"({"Metadata": {"key_id": "AKIDRENEWED", "lifetime": 3600}})");
    EXPECT_EQ(take(4).outcome, Outcome::Done);
    EXPECT_GE(std::ranges::count(run->asked(), "metadata gateway-role"), 1);
}

TEST_F(AwsContract, a_metadata_session_that_ended_early_is_begun_anew)
{
    warm_up(spec());
    cloud.control("/_world", R"({"Metadata": {"token": "session-token-2"}})");
    fault(R"([{"name": "AssociateAddress", "kind": "expired"}])"); // new credentials are asked for
    EXPECT_EQ(take(4).outcome, Outcome::Done);
    EXPECT_EQ(std::ranges::count(run->asked(), "metadata token"), 2);
}

TEST_F(AwsContract, an_instance_without_a_role_says_so_and_fails_in_time)
{
    cloud.control("/_world", R"({"Metadata": {"role": ""}})");
    run = std::make_unique<CloudRun>(cloud, std::make_unique<Aws>(spec()),
                                     CloudTiming{.budget = seconds{30}, .watch = std::chrono::hours{1}});
    const auto report = take(4);
    EXPECT_EQ(report.outcome, Outcome::Failed);
    ASSERT_FALSE(run->told.empty());
    EXPECT_THAT(run->told[0].detail, HasSubstr("is there an instance profile?"));
}

} // namespace
} // namespace linkspan::takeover
