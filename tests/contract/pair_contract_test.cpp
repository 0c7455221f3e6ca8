// One gateway of a pair whose other one is silent, whole, on a kernel: its thread, fence and addresses, and what it asks of
// stand-ins for etcd and the clouds.

#include "own_cloud.h"
#include "own_etcd.h"
#include "pair/pair.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::pair {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The shared address's link, by the address that the stand-in's metadata knows it by.
std::string missing_link()
{
    static const std::string missing = [] {
        FILE* batch = ::popen("ip -batch - >/dev/null 2>&1", "w");
        if (!batch) return std::string{"iproute2"};
        std::fputs(
            "link add wan0 type veth peer name wan1\nlink set wan0 address 0a:00:00:00:00:01 up\nlink set wan1 up\n",
            batch);
        return ::pclose(batch) == 0 ? std::string{} : std::string{"a pair of links"};
    }();
    return missing;
}

std::string addresses()
{
    std::string text;
    FILE* pipe = ::popen("ip -4 address show dev wan0", "r");
    if (!pipe) return text;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
    ::pclose(pipe);
    return text;
}

class PairContract : public testing::Test {
protected:
    test::OwnCloud cloud;
    std::filesystem::path folder = make_folder();
    service::Loop loop = service::Loop::open().value();
    std::unique_ptr<Pair> pair;

    static std::filesystem::path make_folder()
    {
        std::string name = std::filesystem::temp_directory_path() / "pair-XXXXXX";
        return ::mkdtemp(name.data());
    }
    void SetUp() override
    {
        if (!cloud.missing().empty()) GTEST_SKIP() << "no " << cloud.missing();
        if (!missing_link().empty()) GTEST_SKIP() << "no " << missing_link();
    }
    void TearDown() override
    {
        pair.reset();
        std::filesystem::remove_all(folder);
    }
    Spec spec(OutsideSpec outside) const
    {
        Spec spec{.paths = {{*IpAddress::parse("127.0.0.1"), *IpAddress::parse("127.0.0.2")}},
                  .port = 4512,
                  .self = config::HaNode::First,
                  .state = folder,
                  .segment_pipe = folder / "charon.ha",
                  .outside = std::move(outside)};
        spec.outside.ballot = {.budget = std::chrono::milliseconds{375}, .attempt = std::chrono::milliseconds{375}};
        spec.addresses.push_back({LinkName{"wan0"}, *IpInterface::parse("10.0.0.10/24"), {}});
        spec.settings.paths = 1;
        spec.settings.arbiter = !std::holds_alternative<std::monostate>(spec.outside.arbiter);
        return spec;
    }
    void start(OutsideSpec outside)
    {
        const Secret key{"1 a-secret-of-the-pair-for-this-test-alone\n"};
        auto started = Pair::start(spec(std::move(outside)), ha::Keyring::parse(key.reveal()).value(), false, loop,
                                   real_clock(), {});
        ASSERT_TRUE(started) << started.error().what;
        pair = std::move(*started);
    }
    /// The report that shows it. Looks again and again: the test's own limit ends what never comes.
    template <typename Predicate>
    Report wait_until(Predicate shows)
    {
        auto looking = service::Loop::open().value();
        Report report;
        const auto look = looking.every(std::chrono::milliseconds{10}, [&] {
            report = pair->report();
            if (shows(report)) looking.stop(0);
        });
        (void)looking.run();
        return report;
    }
};

OutsideSpec asking(const std::string& origin)
{
    OutsideSpec outside;
    outside.arbiter = takeover::EtcdSpec{{origin}, "linkspan/pair"};
    return outside;
}

TEST_F(PairContract, who_carries_has_the_arbiters_word)
{
    start(asking(cloud.origin()));
    const auto report = wait_until([](const Report& r) { return r.role == ha::Role::Active; });
    EXPECT_TRUE(report.arbiter.answers);
    EXPECT_EQ(report.arbiter.epoch, report.epoch);
    const auto record = R"("linkspan/pair": [")" + std::to_string(report.epoch.value) + '"';
    EXPECT_THAT(cloud.control("/_state"), HasSubstr(record));
    EXPECT_THAT(addresses(), HasSubstr("10.0.0.10/24"));
}

TEST_F(PairContract, etcd_itself_gives_it)
{
    const test::OwnEtcd etcd;
    if (!etcd.missing().empty()) GTEST_SKIP() << "no " << etcd.missing();
    start(asking(etcd.origin()));
    const auto report = wait_until([](const Report& r) { return r.role == ha::Role::Active; });
    EXPECT_EQ(report.arbiter.epoch, report.epoch);
}

TEST_F(PairContract, while_the_arbiter_does_not_answer_nobody_claims_and_it_is_told)
{
    cloud.control("/_faults", R"([{"name": "etcd range", "kind": "broken", "times": 20}])");
    start(asking(cloud.origin()));
    const auto silent = wait_until([](const Report& r) { return !r.arbiter.problem.empty(); });
    EXPECT_THAT(silent.arbiter.problem, HasSubstr("500"));
    EXPECT_THAT(silent.trouble, HasSubstr("does not answer"));
    EXPECT_NE(silent.role, ha::Role::Active);
    const auto report = wait_until([](const Report& r) { return r.role == ha::Role::Active; });
    EXPECT_EQ(report.arbiter.problem, "");
    const auto log = cloud.control("/_log");
    const auto claimed = log.find("etcd txn");
    ASSERT_NE(claimed, std::string::npos) << "carries without a vote";
    std::size_t asked = 0;
    for (auto at = log.find("etcd range"); at < claimed; at = log.find("etcd range", at + 1)) ++asked;
    EXPECT_GT(asked, 20U) << "claimed before anybody had answered";
}

TEST_F(PairContract, who_finds_another_ones_tenure_there_takes_a_higher_one)
{
    cloud.control("/_world", R"({"Etcd": {"revision": 7, "keys": {"linkspan/pair": ["41", 7, 2]}}})");
    start(asking(cloud.origin()));
    const auto report = wait_until([](const Report& r) { return r.role == ha::Role::Active; });
    EXPECT_GT(report.epoch.value, 41U);
    EXPECT_EQ(report.arbiter.epoch, report.epoch);
}

TEST_F(PairContract, a_record_that_is_none_is_nobodys_word)
{
    cloud.control("/_world", R"({"Etcd": {"revision": 7, "keys": {"linkspan/pair": ["somebody", 7, 2]}}})");
    start(asking(cloud.origin()));
    const auto report = wait_until([](const Report& r) { return !r.arbiter.problem.empty(); });
    EXPECT_THAT(report.arbiter.problem, HasSubstr("something else than an epoch"));
    EXPECT_NE(report.role, ha::Role::Active);
    EXPECT_THAT(addresses(), Not(HasSubstr("10.0.0.10/24")));
}

} // namespace
} // namespace linkspan::pair
