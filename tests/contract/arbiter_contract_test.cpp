#include "own_cloud.h"
#include "own_etcd.h"
#include "takeover/blob.h"
#include "takeover/dynamodb.h"
#include "takeover/etcd.h"
#include "takeover/store_arbiter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

namespace linkspan::takeover {
namespace {

using ha::ArbiterAnswer;
using ha::ArbiterVerdict;
using ha::ReadRecord;
using ha::WriteRecord;

/// Where a pair's record can be: each has to behave alike, and the fakes as the real one does.
struct EtcdItself {
    test::OwnEtcd server;
    const std::string& missing() const { return server.missing(); }
    std::unique_ptr<RecordStore> store(std::string name) const
    {
        return std::make_unique<EtcdStore>(EtcdSpec{{server.origin()}, "linkspan/" + name});
    }
};
struct EtcdFake {
    test::OwnCloud server;
    const std::string& missing() const { return server.missing(); }
    std::unique_ptr<RecordStore> store(std::string name) const
    {
        return std::make_unique<EtcdStore>(EtcdSpec{{server.origin()}, "linkspan/" + name});
    }
};
struct DynamoDbFake {
    test::OwnCloud server;
    const std::string& missing() const { return server.missing(); }
    std::unique_ptr<RecordStore> store(std::string name) const
    {
        return std::make_unique<DynamoDbStore>(DynamoDbSpec{"", server.origin(), server.origin(), "pairs", name});
    }
};
struct BlobFake {
    test::OwnCloud server;
    const std::string& missing() const { return server.missing(); }
    std::unique_ptr<RecordStore> store(std::string name) const
    {
        return std::make_unique<BlobStore>(BlobSpec{server.origin(), "/container/" + name, server.origin()});
    }
};

std::unique_ptr<StoreArbiter> arbiter_of(std::unique_ptr<RecordStore> store)
{
    const BallotTiming patient{.budget = std::chrono::seconds{60}, .attempt = std::chrono::seconds{30}};
    return StoreArbiter::open(std::move(store), patient, real_clock()).value();
}

ArbiterAnswer answer_of(StoreArbiter& arbiter)
{
    for (;;) {
        if (const auto answers = arbiter.process(); !answers.empty()) return answers.front();
        pollfd ready{arbiter.descriptor(), POLLIN, 0};
        if (::poll(&ready, 1, 60'000) <= 0) return {};
    }
}

template <typename Place>
class ArbiterContract : public testing::Test {
protected:
    Place place;
    std::unique_ptr<StoreArbiter> first, second; ///< of the two gateways
    std::uint64_t last = 0;

    void SetUp() override
    {
        if (!place.missing().empty()) GTEST_SKIP() << "no " << place.missing();
        first = arbiter_of(place.store("pair-1"));
        second = arbiter_of(place.store("pair-1"));
    }
    ArbiterAnswer ask(StoreArbiter& arbiter, const ha::ArbiterRequest& what)
    {
        arbiter.ask(++last, what);
        const auto answer = answer_of(arbiter);
        EXPECT_EQ(answer.request, last) << arbiter.trouble();
        return answer;
    }
};
using Places = testing::Types<EtcdItself, EtcdFake, DynamoDbFake, BlobFake>;
TYPED_TEST_SUITE(ArbiterContract, Places);

TYPED_TEST(ArbiterContract, nothing_was_ever_written)
{
    const auto answer = this->ask(*this->first, ReadRecord{});
    EXPECT_EQ(answer.verdict, ArbiterVerdict::Read) << this->first->trouble();
    EXPECT_EQ(answer.record, ha::ArbiterRecord{});
}

TYPED_TEST(ArbiterContract, what_is_written_is_read_by_the_other_under_the_same_revision)
{
    const auto written = this->ask(*this->first, WriteRecord{{4}, 0});
    ASSERT_EQ(written.verdict, ArbiterVerdict::Written) << this->first->trouble();
    EXPECT_EQ(written.record.epoch, ha::Epoch{4});
    EXPECT_NE(written.record.revision, 0U);
    EXPECT_EQ(this->ask(*this->second, ReadRecord{}).record, written.record);
}

TYPED_TEST(ArbiterContract, of_two_that_claim_from_the_same_record_one_wins_and_the_other_is_told_by_whom)
{
    const auto start = this->ask(*this->first, WriteRecord{{4}, 0}).record;
    const auto won = this->ask(*this->second, WriteRecord{{5}, start.revision});
    ASSERT_EQ(won.verdict, ArbiterVerdict::Written) << this->second->trouble();
    const auto lost = this->ask(*this->first, WriteRecord{{6}, start.revision});
    EXPECT_EQ(lost.verdict, ArbiterVerdict::Refused);
    EXPECT_EQ(lost.record, won.record);
}

TYPED_TEST(ArbiterContract, the_first_write_wins_only_where_there_is_none)
{
    const auto won = this->ask(*this->first, WriteRecord{{4}, 0});
    const auto lost = this->ask(*this->second, WriteRecord{{5}, 0});
    EXPECT_EQ(lost.verdict, ArbiterVerdict::Refused);
    EXPECT_EQ(lost.record, won.record);
}

TYPED_TEST(ArbiterContract, renewing_the_same_epoch_makes_a_new_revision)
{
    const auto start = this->ask(*this->first, WriteRecord{{4}, 0}).record;
    const auto renewed = this->ask(*this->first, WriteRecord{{4}, start.revision});
    ASSERT_EQ(renewed.verdict, ArbiterVerdict::Written) << this->first->trouble();
    EXPECT_NE(renewed.record.revision, start.revision);
    EXPECT_EQ(this->ask(*this->second, WriteRecord{{5}, start.revision}).verdict, ArbiterVerdict::Refused)
        << "a claimant has to overwrite what is there now";
}

TYPED_TEST(ArbiterContract, pairs_do_not_see_each_other)
{
    (void)this->ask(*this->first, WriteRecord{{4}, 0});
    const auto other = arbiter_of(this->place.store("pair-2"));
    EXPECT_EQ(this->ask(*other, ReadRecord{}).record, ha::ArbiterRecord{});
}

/// What only a fake can be made to do.
class EtcdFaults : public testing::Test {
protected:
    test::OwnCloud cloud;
    void SetUp() override
    {
        if (!cloud.missing().empty()) GTEST_SKIP() << "no " << cloud.missing();
    }
    std::unique_ptr<StoreArbiter> arbiter(std::vector<std::string> endpoints)
    {
        return arbiter_of(std::make_unique<EtcdStore>(EtcdSpec{std::move(endpoints), "linkspan/ha"}));
    }
};

TEST_F(EtcdFaults, an_endpoint_that_is_down_is_passed_over)
{
    const auto two = arbiter({"http://127.0.0.1:1", cloud.origin()});
    two->ask(1, WriteRecord{{4}, 0});
    EXPECT_EQ(answer_of(*two).verdict, ArbiterVerdict::Written);
}

TEST_F(EtcdFaults, a_write_whose_answer_is_lost_counts_as_written)
{
    cloud.control("/_faults", R"([{"name": "etcd txn", "kind": "lost"}])");
    const auto one = arbiter({cloud.origin()});
    one->ask(1, WriteRecord{{4}, 0});
    const auto answer = answer_of(*one);
    EXPECT_EQ(answer.verdict, ArbiterVerdict::Written);
    one->ask(2, ReadRecord{});
    EXPECT_EQ(answer_of(*one).record, answer.record);
}

TEST_F(EtcdFaults, sense_that_is_none_is_no_answer)
{
    cloud.control("/_faults", R"([{"name": "etcd range", "kind": "garbage", "times": 2}])");
    const auto one = arbiter({cloud.origin()});
    one->ask(1, ReadRecord{});
    EXPECT_EQ(answer_of(*one).verdict, ArbiterVerdict::Read);
}

TEST_F(EtcdFaults, an_arbiter_that_does_not_answer_in_time_is_unreachable)
{
    Monotonic::duration ahead{};
    Clock clock{[&] { return real_clock().now() + ahead; }, real_clock().wall};
    auto one =
        StoreArbiter::open(std::make_unique<EtcdStore>(EtcdSpec{{"http://127.0.0.1:1"}, "linkspan/ha"}), {}, clock)
            .value();
    one->ask(7, WriteRecord{{4}, 0});
    EXPECT_THAT(one->process(), testing::IsEmpty());
    ahead += std::chrono::seconds{2};
    EXPECT_EQ(answer_of(*one), (ArbiterAnswer{7, ArbiterVerdict::Unreachable, {}}));
    EXPECT_FALSE(one->trouble().empty());
}

TEST_F(EtcdFaults, a_newer_question_takes_the_place_of_an_older_one)
{
    const auto one = arbiter({cloud.origin()});
    one->ask(1, ReadRecord{});
    one->ask(2, ReadRecord{});
    EXPECT_EQ(answer_of(*one).request, 2U);
    EXPECT_THAT(one->process(), testing::IsEmpty());
}

/// What Azure Storage refuses, and why: each has words of its own.
class BlobFaults : public testing::Test {
protected:
    test::OwnCloud cloud;
    std::unique_ptr<StoreArbiter> one;

    void SetUp() override
    {
        if (!cloud.missing().empty()) GTEST_SKIP() << "no " << cloud.missing();
        one = arbiter("/container/edge", std::chrono::seconds{60});
    }
    std::unique_ptr<StoreArbiter> arbiter(std::string path, std::chrono::milliseconds budget)
    {
        return StoreArbiter::open(
                   std::make_unique<BlobStore>(BlobSpec{cloud.origin(), std::move(path), cloud.origin()}),
                   {.budget = budget, .attempt = budget}, real_clock())
            .value();
    }
    ArbiterAnswer ask(const ha::ArbiterRequest& what)
    {
        one->ask(1, what);
        return answer_of(*one);
    }
    /// What is said of a question that gets no answer.
    std::string trouble_with(const ha::ArbiterRequest& what)
    {
        EXPECT_EQ(ask(what).verdict, ArbiterVerdict::Unreachable);
        return one->trouble();
    }
    std::size_t times(std::string_view name)
    {
        const auto log = cloud.control("/_log");
        std::size_t count = 0;
        for (auto at = log.find(name); at != std::string::npos; at = log.find(name, at + 1)) ++count;
        return count;
    }
};

TEST_F(BlobFaults, a_container_that_is_not_there_is_no_empty_record)
{
    one = arbiter("/nowhere/edge", std::chrono::seconds{1});
    EXPECT_THAT(trouble_with(ReadRecord{}), testing::HasSubstr("ContainerNotFound; create the container"));
    EXPECT_THAT(trouble_with(WriteRecord{{4}, 0}), testing::HasSubstr("ContainerNotFound"));
}

TEST_F(BlobFaults, a_right_that_is_missing_is_said_and_costs_no_new_token)
{
    one = arbiter("/container/edge", std::chrono::seconds{1});
    cloud.control("/_world", R"({"Blobs": {"rights": false}})");
    EXPECT_THAT(trouble_with(ReadRecord{}), testing::HasSubstr("Storage Blob Data Contributor"));
    EXPECT_EQ(times("metadata token"), 1U);
    cloud.control("/_world", R"({"Blobs": {"rights": true}})");
    EXPECT_EQ(ask(ReadRecord{}).verdict, ArbiterVerdict::Read) << one->trouble();
}

TEST_F(BlobFaults, a_token_that_is_refused_is_asked_for_anew)
{
    cloud.control("/_world", R"({"Blobs": {"tokens": []}})");
    one = arbiter("/container/edge", std::chrono::seconds{1});
    EXPECT_THAT(trouble_with(ReadRecord{}), testing::HasSubstr("InvalidAuthenticationInfo"));
    cloud.control("/_world", R"({"Blobs": {"tokens": ["storage-token-1"]}})");
    one->ask(2, ReadRecord{});
    EXPECT_EQ(answer_of(*one).verdict, ArbiterVerdict::Read) << one->trouble();
    EXPECT_GT(times("metadata token"), 1U);
}

TEST_F(BlobFaults, a_lease_of_somebodys_is_said_and_refuses_nobody)
{
    one = arbiter("/container/edge", std::chrono::seconds{1});
    const auto start = ask(WriteRecord{{4}, 0}).record;
    cloud.control("/_world", R"({"Blobs": {"leased": ["/container/edge"]}})");
    EXPECT_THAT(trouble_with(WriteRecord{{6}, start.revision}),
                testing::HasSubstr("LeaseIdMissing; somebody holds a lease"));
}

TEST_F(BlobFaults, what_somebody_deleted_is_not_overwritten_but_read_anew)
{
    const auto start = ask(WriteRecord{{4}, 0}).record;
    cloud.control("/_world", R"({"Blobs": {"blobs": {}}})");
    const auto answer = ask(WriteRecord{{6}, start.revision});
    EXPECT_EQ(answer.verdict, ArbiterVerdict::Refused) << one->trouble();
    EXPECT_EQ(answer.record, ha::ArbiterRecord{});
}

TEST_F(BlobFaults, a_busy_server_is_asked_again)
{
    cloud.control("/_faults", R"([{"name": "blob PUT", "kind": "server-busy", "times": 2}])");
    EXPECT_EQ(ask(WriteRecord{{4}, 0}).verdict, ArbiterVerdict::Written) << one->trouble();
}

TEST_F(BlobFaults, a_write_whose_answer_is_lost_counts_as_written)
{
    const auto start = ask(WriteRecord{{4}, 0}).record;
    cloud.control("/_faults", R"([{"name": "blob PUT", "kind": "lost"}])");
    const auto answer = ask(WriteRecord{{6}, start.revision});
    EXPECT_EQ(answer.verdict, ArbiterVerdict::Written) << one->trouble();
    EXPECT_NE(answer.record.revision, start.revision);
}

TEST_F(BlobFaults, a_blob_with_something_else_in_it_is_nobodys_word)
{
    cloud.control("/_world", R"({"Blobs": {"blobs": {"/container/edge": ["somebody", 2389]}}})");
    one = arbiter("/container/edge", std::chrono::seconds{1});
    EXPECT_THAT(trouble_with(ReadRecord{}), testing::HasSubstr("something else than an epoch"));
}

} // namespace
} // namespace linkspan::takeover
