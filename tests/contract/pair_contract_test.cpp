// One gateway of a pair whose other one is silent, whole, on a kernel: its thread, fence and addresses, and what it asks of
// stand-ins for etcd and the clouds.

#include "own_cloud.h"
#include "own_etcd.h"
#include "pair/pair.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace linkspan::pair {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr auto mac = "0a:00:00:00:00:01"; ///< as the stand-in's metadata knows the link

/// Lines of iproute2's batch; false where the kernel or the program does not know them.
bool ip(const char* lines)
{
    FILE* batch = ::popen("ip -batch - >/dev/null 2>&1", "w");
    if (!batch) return false;
    std::fputs(lines, batch);
    return ::pclose(batch) == 0;
}

/// The shared address's link.
std::string missing_link()
{
    static const bool is_there =
        ip("link add wan0 type veth peer name wan1\nlink set wan0 address 0a:00:00:00:00:01 up\n"
           "link set wan1 up\n");
    return is_there ? std::string{} : std::string{"a pair of links"};
}

std::string output_of(const char* command)
{
    std::string text;
    FILE* pipe = ::popen(command, "r");
    if (!pipe) return text;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
    ::pclose(pipe);
    return text;
}

std::string addresses()
{
    return output_of("ip -4 address show dev wan0");
}

bool has_address()
{
    return addresses().contains("10.0.0.10/24");
}

/// What an HTTP probe of the port gets.
std::string probe(std::uint16_t port)
{
    const Fd fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return "refused";
    constexpr std::string_view question = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    if (::send(fd.get(), question.data(), question.size(), MSG_NOSIGNAL) < 0) return "broken";
    std::string answer;
    std::array<char, 512> buffer{};
    for (ssize_t size = 0; (size = ::recv(fd.get(), buffer.data(), buffer.size(), 0)) > 0;)
        answer.append(buffer.data(), static_cast<std::size_t>(size));
    return answer;
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
    Report wait_for_done()
    {
        return wait_until([](const Report& r) {
            return r.moving.told && r.moving.told->request.verb == takeover::Verb::Take &&
                   r.moving.told->outcome == takeover::Outcome::Done;
        });
    }
    OutsideSpec in_ec2() const
    {
        OutsideSpec outside;
        outside.mover = takeover::AwsSpec{.endpoint = cloud.origin(),
                                          .metadata = cloud.origin(),
                                          .elastic = {{"eipalloc-1", mac, *IpAddress::parse("10.0.0.10")}},
                                          .addresses = {{*IpAddress::parse("10.0.0.10"), mac}},
                                          .routes = {{"rtb-2", *IpPrefix::parse("0.0.0.0/0"), mac}}};
        return outside;
    }
    OutsideSpec in_azure() const
    {
        OutsideSpec outside;
        outside.mover = takeover::AzureSpec{.endpoint = cloud.origin(),
                                            .metadata = cloud.origin(),
                                            .mac = "00:0d:3a:00:00:01",
                                            .addresses = {*IpAddress::parse("10.0.0.10")},
                                            .public_address = "front"};
        return outside;
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
        auto started = Pair::start(spec(std::move(outside)), ha::Keyring::parse(key.reveal()).value(), false, {}, loop,
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

TEST_F(PairContract, an_address_that_somebody_takes_from_who_carries_is_put_back)
{
    start({});
    (void)wait_until([](const Report& r) { return r.role == ha::Role::Active && has_address(); });
    ASSERT_TRUE(ip("address del 10.0.0.10/24 dev wan0\n"));
    EXPECT_EQ(wait_until([](const Report&) { return has_address(); }).role, ha::Role::Active);
}

TEST_F(PairContract, rules_of_the_fence_that_somebody_takes_away_are_put_back)
{
    start({});
    (void)wait_until([](const Report& r) { return r.role == ha::Role::Active; });
    ASSERT_EQ(output_of("nft flush table inet linkspan_fence"), "");
    EXPECT_EQ(
        wait_until([](const Report&) { return output_of("nft list table inet linkspan_fence").contains("drop"); }).role,
        ha::Role::Active);
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

TEST_F(PairContract, who_is_vouched_for_by_nobody_stops)
{
    start(asking(cloud.origin()));
    const auto before = wait_until([](const Report& r) { return r.role == ha::Role::Active; });
    cloud.control("/_faults", R"([{"name": "etcd range", "kind": "broken", "times": 40},
                                  {"name": "etcd txn", "kind": "broken", "times": 12}])");
    const auto stopped = wait_until([](const Report& r) { return r.role == ha::Role::Standby; });
    const auto is_it = [](const Note& note) { return note.note.cause == ha::Cause::NoVote; };
    EXPECT_TRUE(std::ranges::any_of(stopped.notes, is_it)) << "the status tells why";
    EXPECT_THAT(addresses(), Not(HasSubstr("10.0.0.10/24")));
    const auto again = wait_until([](const Report& r) { return r.role == ha::Role::Active; });
    EXPECT_GT(again.epoch, before.epoch);
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

TEST_F(PairContract, in_ec2_the_addresses_and_routes_follow_whoever_is_active)
{
    start(in_ec2());
    const auto report = wait_for_done();
    EXPECT_EQ(report.role, ha::Role::Active);
    EXPECT_EQ(problem_of(report.moving), "");
    const auto state = cloud.control("/_state");
    EXPECT_THAT(state, HasSubstr(R"("eipalloc-1": ["eni-own-wan", "10.0.0.10"])"));
    EXPECT_THAT(state, HasSubstr(R"("10.0.0.10": "eni-own-wan")"));
    EXPECT_THAT(state, HasSubstr(R"("rtb-2": {"0.0.0.0/0": "eni-own-wan"})"));
    EXPECT_THAT(addresses(), HasSubstr("10.0.0.10/24"));
}

TEST_F(PairContract, what_ec2_refuses_is_told_and_asked_again_while_the_gateway_carries)
{
    cloud.control("/_faults", R"([{"name": "AssociateAddress", "kind": "denied"}])");
    start(in_ec2());
    const auto refused = wait_until(
        [](const Report& r) { return r.moving.told && r.moving.told->outcome == takeover::Outcome::Failed; });
    EXPECT_EQ(refused.role, ha::Role::Active);
    EXPECT_THAT(refused.trouble, HasSubstr("UnauthorizedOperation"));
    EXPECT_THAT(addresses(), HasSubstr("10.0.0.10/24"));
    EXPECT_EQ(problem_of(wait_for_done().moving), "");
}

TEST_F(PairContract, in_azure_the_addresses_leave_the_other_interface)
{
    start(in_azure());
    EXPECT_EQ(wait_for_done().role, ha::Role::Active);
    const auto state = cloud.control("/_state");
    const auto ours = state.find(R"("gw-a": {)"), theirs = state.find(R"("gw-b": {)");
    ASSERT_LT(ours, theirs);
    EXPECT_THAT(state.substr(ours, theirs - ours), HasSubstr("10.0.0.10"));
    EXPECT_THAT(state.substr(ours, theirs - ours), HasSubstr("publicIPAddresses/front"));
}

TEST_F(PairContract, the_cloud_as_arbiter_gives_its_word)
{
    auto outside = in_ec2();
    outside.arbiter = takeover::DynamoDbSpec{"", cloud.origin(), cloud.origin(), "pairs", "edge"};
    start(std::move(outside));
    const auto report = wait_for_done();
    EXPECT_TRUE(report.arbiter.answers);
    EXPECT_EQ(report.arbiter.epoch, report.epoch);
}

/// Where the whole of Azure is asked: Resource Manager for the addresses, Storage for the word.
OutsideSpec with_blob(OutsideSpec outside, const std::string& origin)
{
    outside.arbiter = takeover::BlobSpec{origin, "/container/edge", origin};
    return outside;
}

TEST_F(PairContract, in_azure_a_blob_gives_its_word)
{
    start(with_blob(in_azure(), cloud.origin()));
    const auto report = wait_for_done();
    EXPECT_EQ(report.arbiter.by, "Azure Storage");
    EXPECT_EQ(report.arbiter.epoch, report.epoch);
    const auto record = R"("/container/edge": [")" + std::to_string(report.epoch.value) + '"';
    EXPECT_THAT(cloud.control("/_state"), HasSubstr(record));
    EXPECT_THAT(addresses(), HasSubstr("10.0.0.10/24"));
}

TEST_F(PairContract, while_azure_has_no_time_nobody_claims_and_it_is_told)
{
    cloud.control("/_faults", R"([{"name": "blob GET", "kind": "server-busy", "times": 20}])");
    start(with_blob({}, cloud.origin()));
    const auto busy = wait_until([](const Report& r) { return !r.arbiter.problem.empty(); });
    EXPECT_THAT(busy.arbiter.problem, HasSubstr("503: ServerBusy"));
    EXPECT_NE(busy.role, ha::Role::Active);
    EXPECT_EQ(wait_until([](const Report& r) { return r.role == ha::Role::Active; }).arbiter.problem, "");
}

TEST_F(PairContract, another_ones_tenure_in_the_blob_is_replaced_by_a_higher_one)
{
    cloud.control("/_world", R"({"Blobs": {"blobs": {"/container/edge": ["41", 2389]}}})");
    cloud.control("/_faults", R"([{"name": "blob PUT", "kind": "precondition"}])"); // and somebody was faster once
    start(with_blob({}, cloud.origin()));
    const auto report = wait_until([](const Report& r) { return r.role == ha::Role::Active; });
    EXPECT_GT(report.epoch.value, 41U);
    EXPECT_EQ(report.arbiter.epoch, report.epoch);
}

TEST_F(PairContract, a_claim_whose_answer_azure_lost_is_one)
{
    cloud.control("/_faults", R"([{"name": "blob PUT", "kind": "lost"}])");
    start(with_blob({}, cloud.origin()));
    const auto report = wait_until([](const Report& r) { return r.role == ha::Role::Active; });
    EXPECT_EQ(report.arbiter.epoch, report.epoch);
}

TEST_F(PairContract, a_blob_that_answers_too_late_has_not_answered)
{
    start(with_blob({}, cloud.origin()));
    (void)wait_until([](const Report& r) { return r.role == ha::Role::Active; });
    cloud.control("/_gather", "4"); // three questions hang
    const auto late = wait_until([](const Report& r) { return !r.arbiter.problem.empty(); });
    EXPECT_FALSE(late.arbiter.answers);
    const auto again =
        wait_until([](const Report& r) { return r.role == ha::Role::Active && r.arbiter.problem.empty(); });
    EXPECT_EQ(again.arbiter.epoch, again.epoch);
}

TEST_F(PairContract, a_load_balancers_probe_is_answered_by_who_is_active_alone)
{
    constexpr std::uint16_t port = 8117;
    EXPECT_EQ(probe(port), "refused") << "nobody is there";
    OutsideSpec outside;
    outside.probe_port = port;
    start(std::move(outside));
    (void)wait_until([](const Report& r) { return r.role == ha::Role::Active; });
    EXPECT_THAT(probe(port), HasSubstr("200"));
    ip("link set wan1 down\n"); // the cable is pulled: unfit
    (void)wait_until([](const Report& r) { return r.role != ha::Role::Active; });
    EXPECT_EQ(probe(port), "refused");
    ip("link set wan1 up\n");
}

} // namespace
} // namespace linkspan::pair
