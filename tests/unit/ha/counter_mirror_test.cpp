#include "ha/counter_mirror.h"

#include <gtest/gtest.h>

namespace linkspan::ha {
namespace {

using namespace std::chrono_literals;

const IpAddress ours = IpAddress::parse("203.0.113.10").value(), peer = IpAddress::parse("198.51.100.7").value();
const std::set<IpAddress> shared{ours};
constexpr Monotonic start{1000s};

xfrm::SaCounters out(std::uint64_t sent, std::uint32_t spi = 1)
{
    return {.key = {peer, Spi{spi}}, .reqid = Reqid{0x1000'0001}, .window = 32, .sent = sent};
}
xfrm::SaCounters in(std::uint64_t received, std::uint32_t spi = 2)
{
    return {.key = {ours, Spi{spi}}, .reqid = Reqid{0x1000'0001}, .window = 32, .received = received};
}
CounterFrame frame(std::uint64_t sent, std::uint64_t received, bool last = false, Epoch epoch = {2})
{
    return frames_of({out(sent), in(received)}, shared, epoch, last).front();
}

TEST(CounterFrames, HoldAllSasInPartsAndTellOfNoneToo)
{
    std::vector<xfrm::SaCounters> many;
    for (std::uint32_t spi = 1; spi <= 2 * most_told + 1; ++spi) many.push_back(out(spi, spi));
    const auto frames = frames_of(many, shared, {2}, false);
    ASSERT_EQ(frames.size(), 3u);
    EXPECT_EQ(frames[2].told.front().number, 2 * most_told + 1);
    EXPECT_EQ(frames_of({}, shared, {2}, true).size(), 1u) << "that there are none is said, too";
}

TEST(CounterMirror, TakesTheLastOnesAsTheyAre)
{
    CounterMirror mirror;
    mirror.take(frame(5000, 600), start);
    mirror.take(frame(5100, 700, true), start + 100ms);
    const auto targets = mirror.targets({out(0), in(0)}, shared, true, start + 110ms).counters;
    ASSERT_EQ(targets.size(), 2u);
    EXPECT_EQ(targets[0].sent, 5100u);
    EXPECT_EQ(targets[1].received, 700u);
}

TEST(CounterMirror, JumpsAheadOfAnSaThatWentBeforeTheLastOnesWereTold)
{
    CounterMirror mirror;
    mirror.take(frame(5000, 600, true, {2}), start); // as of an earlier tenure of the other's
    mirror.take(frame(5100, 700, false, {4}), start + 1s);
    mirror.take(frames_of({out(3, 9)}, shared, {4}, true).front(), start + 1100ms);
    const auto targets = mirror.targets({out(0), out(0, 9)}, shared, true, start + 1110ms).counters;
    ASSERT_EQ(targets.size(), 2u);
    EXPECT_GE(targets[0].sent, 5100u + (1u << 14)) << "it may have sent since";
    EXPECT_EQ(targets[1].sent, 3u);
}

TEST(CounterMirror, JumpsWhereTheLastOnesHaveNotCome)
{
    CounterMirror mirror;
    mirror.take(frame(5000, 600), start);
    const auto targets = mirror.targets({out(0), in(0)}, shared, true, start + 110ms).counters;
    EXPECT_EQ(targets[0].sent, 5000u + (1u << 14));
    EXPECT_EQ(targets[1].received, 600u) << "what came in is not jumped over";
}

TEST(CounterMirror, JumpsByTheHighestRateAndTheAge)
{
    CounterMirror mirror;
    mirror.take(frame(0, 0), start);
    mirror.take(frame(100'000, 0), start + 100ms); // a million a second
    mirror.take(frame(100'010, 0), start + 200ms);
    const auto sent = mirror.targets({out(0)}, shared, false, start + 1200ms).counters.front().sent;
    EXPECT_EQ(sent, 100'010u + 2 * 1'500'000u);
}

TEST(CounterMirror, JumpsAheadOfAnSaItNeverHeardOf)
{
    CounterMirror mirror;
    mirror.take(frame(5000, 600), start);
    EXPECT_EQ(mirror.targets({out(7, 9)}, shared, false, start).counters.front().sent, 7u + (1u << 14));
}

TEST(CounterMirror, JumpsAsFarAsItGoesWhereNothingWasEverTold)
{
    EXPECT_EQ(CounterMirror{}.targets({out(7)}, shared, false, start).counters.front().sent, 7u + (1u << 30));
}

TEST(CounterMirror, NeverGoesBackNorTakesAnOlderTenuresWord)
{
    CounterMirror mirror;
    mirror.take(frame(5000, 0, true, {3}), start);
    mirror.take(frame(1, 0, true, {2}), start);
    mirror.take(frame(4000, 0, false, {3}), start);
    EXPECT_TRUE(mirror.is_final()) << "a frame that was overtaken";
    EXPECT_EQ(mirror.targets({out(0)}, shared, true, start).counters.front().sent, 5000u);
    EXPECT_TRUE(mirror.targets({out(9000)}, shared, true, start).counters.empty()) << "further already";
}

TEST(CounterMirror, EndsAnSaThatIsNearItsEnd)
{
    const auto targets = CounterMirror{}.targets({out(0xfffe'0000)}, shared, false, start);
    EXPECT_TRUE(targets.counters.empty());
    EXPECT_EQ(targets.ended, std::vector{out(0xfffe'0000)});
    EXPECT_EQ(targets.refused.size(), 1u);
}

TEST(Replication, IsThatOfTheSetWhateverItsOrder)
{
    const auto a = replication_of({out(1), in(2)}, {}, start), b = replication_of({in(9), out(5)}, start - 70ms, start);
    EXPECT_EQ(a.spis, b.spis);
    EXPECT_EQ(a.counters_age, 0xffff'ffffu);
    EXPECT_EQ(b.counters_age, 70u);
    EXPECT_NE(replication_of({out(1, 3), in(2)}, {}, start).spis, a.spis);
    EXPECT_NE(replication_of({out(1)}, {}, start).spis, a.spis);
}

} // namespace
} // namespace linkspan::ha
