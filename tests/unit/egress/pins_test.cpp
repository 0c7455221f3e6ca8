#include "egress/pins.h"

#include <gtest/gtest.h>

#include <string>

namespace linkspan::egress {
namespace {

using namespace std::chrono_literals;

const Monotonic start{1000s};
const IpAddress client = *IpAddress::parse("10.1.0.7");
const IpAddress neighbour = *IpAddress::parse("10.1.0.8");
const IpAddress one = *IpAddress::parse("192.0.2.1");

DnsAnswer answer(std::initializer_list<FoundAddress> addresses, std::string_view name = "www.example.com")
{
    DnsAnswer answer{.question = {1, *DnsName::parse(name), RecordType::A}};
    answer.addresses.assign(addresses.begin(), addresses.end());
    return answer;
}

/// `count` addresses of their own.
DnsAnswer many(unsigned count, std::uint8_t net = 0)
{
    DnsAnswer all = answer({});
    for (unsigned i = 0; i < count; ++i) {
        const std::uint8_t octets[]{198, net, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)};
        all.addresses.push_back({IpAddress::from_bytes(octets), 300});
    }
    return all;
}

TEST(Pins, AreForTheClientThatAskedAndEveryClassItMayUse)
{
    Pins pins{{}};
    const auto learnt = pins.learn(client, answer({{one, 300}}), {2, 5}, start);
    EXPECT_EQ(learnt, (Learnt{{{{client, one, 2}, 300s, true}, {{client, one, 5}, 300s, true}}, 0}));
    EXPECT_EQ(pins.size(), 2U);
    EXPECT_EQ(pins.name_of(client, one), DnsName::parse("www.example.com"));
    EXPECT_EQ(pins.name_of(neighbour, one), std::nullopt);
}

TEST(Pins, AreFreshWhereTheKernelHasNone)
{
    Pins pins{{}};
    const auto is_fresh = [&](Monotonic now) {
        return pins.learn(client, answer({{one, 300}}), {2}, now).pins.at(0).fresh;
    };
    EXPECT_TRUE(is_fresh(start));
    EXPECT_FALSE(is_fresh(start + 1s));
    EXPECT_FALSE(is_fresh(start + 1000s)) << "it has run out, and may be there still";
    pins.unlearn({client, one, 2});
    EXPECT_TRUE(is_fresh(start + 1001s));
}

TEST(Pins, AreNotMadeForWhatIsNotAllowed)
{
    Pins pins{{}};
    EXPECT_EQ(pins.learn(client, answer({{one, 300}}), {}, start), Learnt{});
    EXPECT_EQ(pins.size(), 0U);
    EXPECT_EQ(pins.name_of(client, one), std::nullopt);
}

TEST(Pins, LastAsLongAsTheTtlWithinBounds)
{
    Pins pins{{.shortest = 60s, .longest = 3600s}};
    EXPECT_EQ(pins.learn(client, answer({{one, 0}}), {1}, start).pins.at(0).timeout, 60s);
    EXPECT_EQ(pins.learn(client, answer({{one, 100'000}}), {1}, start).pins.at(0).timeout, 3600s);
}

/// The kernel takes the last word for the timeout, shorter or longer: the longer one must win here.
TEST(Pins, NeverEndEarlierForAnotherAnswer)
{
    Pins pins{{}};
    (void)pins.learn(client, answer({{one, 3600}}), {1}, start);
    EXPECT_TRUE(pins.learn(client, answer({{one, 60}}), {1}, start + 10s).pins.empty());
    EXPECT_EQ(pins.learn(client, answer({{one, 3600}}), {1}, start + 10s).pins.size(), 1U);
    pins.forget(start + 3609s);
    EXPECT_EQ(pins.size(), 1U);
    pins.forget(start + 3610s);
    EXPECT_EQ(pins.size(), 0U);
}

TEST(Pins, RememberTheNameThatWasAskedLast)
{
    Pins pins{{}};
    (void)pins.learn(client, answer({{one, 3600}}, "a.example"), {1}, start);
    (void)pins.learn(client, answer({{one, 60}}, "b.example"), {1}, start + 10s);
    EXPECT_EQ(pins.name_of(client, one), DnsName::parse("b.example"));
}

TEST(Pins, OfOneClientLeaveRoomForTheOthers)
{
    Pins pins{{.total = 100, .per_client = 10}};
    const auto learnt = pins.learn(client, many(12), {1}, start);
    EXPECT_EQ(learnt.pins.size(), 10U);
    EXPECT_EQ(learnt.refused, 2U);
    EXPECT_EQ(pins.learn(neighbour, answer({{one, 60}}), {1}, start).refused, 0U);
}

TEST(Pins, ThatStandAreNotPushedOut)
{
    Pins pins{{.total = 10, .per_client = 10}};
    (void)pins.learn(client, many(10), {1}, start);
    EXPECT_EQ(pins.learn(neighbour, answer({{one, 60}}), {1}, start + 5s), (Learnt{{}, 1}));
    EXPECT_EQ(pins.size(), 10U);
}

TEST(Pins, MakeRoomOfWhatIsOver)
{
    Pins pins{{.total = 10, .per_client = 10}};
    (void)pins.learn(client, many(10), {1}, start);
    EXPECT_EQ(pins.learn(neighbour, answer({{one, 60}}), {1}, start + 300s).pins.size(), 1U);
    EXPECT_EQ(pins.size(), 1U);
}

TEST(Pins, TakeNoMoreOfOneAnswerThanIsReasonable)
{
    Pins pins{{.addresses_per_answer = 256}};
    const auto learnt = pins.learn(client, many(4000), {1, 2}, start);
    EXPECT_EQ(learnt.pins.size(), 512U);
    EXPECT_EQ(learnt.refused, (4000U - 256U) * 2);
}

} // namespace
} // namespace linkspan::egress
