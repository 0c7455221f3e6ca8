#include "ha/frame.h"
#include "ha/heartbeat_codec.h"
#include "ha/replay.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace linkspan::ha {
namespace {

const std::string first_key = "1 0123456789abcdef0123456789abcdef\n";
const std::string second_key = "2 fedcba9876543210fedcba9876543210\n";

Keyring ring(const std::string& text)
{
    auto keys = Keyring::parse(text);
    EXPECT_TRUE(keys) << keys.error().what;
    return *std::move(keys);
}

Heartbeat some_beat()
{
    Heartbeat beat;
    beat.node = Node::Second;
    beat.role = Role::Active;
    beat.epoch = {0x1'0000'0007};
    beat.boot = 0xb007;
    beat.sent = Monotonic{std::chrono::nanoseconds{123'456'789}};
    beat.echo_boot = 77;
    beat.echo = Monotonic{std::chrono::nanoseconds{987'654}};
    beat.eligible = beat.wants = beat.replication.lacks = true;
    beat.hears = 3;
    beat.health = {false, 0x8000'0001};
    beat.config = {1, 2, 3, 4, 5, 0xffff'ffff'ffff'ffff};
    beat.replication = {40, 0x1234'5678'9abc'def0, 17};
    return beat;
}

constexpr FrameHead head{Node::Second, FrameKind::Heartbeat, 0xb007, 5};

std::vector<std::uint8_t> some_frame(const Keyring& keys)
{
    return seal(keys.sealing(), head, encode_heartbeat(some_beat()));
}

TEST(Frame, ComesThroughAsItWas)
{
    const auto keys = ring(first_key);
    const auto frame = open(keys, 1, some_frame(keys));
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->head, head);
    const auto beat = decode_heartbeat(*frame);
    ASSERT_TRUE(beat);
    EXPECT_EQ(*beat, some_beat());
}

TEST(Frame, AnyBitThatIsFlippedIsSeen)
{
    const auto keys = ring(first_key);
    const auto good = some_frame(keys);
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        auto bad = good;
        bad[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
        EXPECT_FALSE(open(keys, 1, bad)) << bit;
    }
}

TEST(Frame, AnyLengthButItsOwnIsRefused)
{
    const auto keys = ring(first_key);
    auto frame = some_frame(keys);
    for (std::size_t size = 0; size < frame.size(); ++size)
        EXPECT_FALSE(open(keys, 1, std::span{frame}.first(size))) << size;
    frame.push_back(0);
    EXPECT_EQ(open(keys, 1, frame).error(), Rejection::Forged);
    frame.resize(frame_overhead + largest_payload + 1);
    EXPECT_EQ(open(keys, 1, frame).error(), Rejection::Truncated);
}

TEST(Frame, ItsSenderDoesNotTakeItBack)
{
    const auto keys = ring(first_key);
    EXPECT_EQ(open(keys, head.boot, some_frame(keys)).error(), Rejection::Reflected);
}

TEST(Frame, ForgedWithAnotherKeyOfTheSameNumber)
{
    const auto theirs = ring("1 00000000000000000000000000000000\n");
    EXPECT_EQ(open(ring(first_key), 1, some_frame(theirs)).error(), Rejection::Forged);
    EXPECT_EQ(open(ring(second_key), 1, some_frame(theirs)).error(), Rejection::Unknown);
}

TEST(Frame, ShowsNothingOfItsPayload)
{
    const auto keys = ring(first_key);
    const std::vector<std::uint8_t> payload(200, 0x61);
    const auto frame = seal(keys.sealing(), head, payload);
    const std::vector<std::uint8_t> part(4, 0x61);
    EXPECT_EQ(std::search(frame.begin(), frame.end(), part.begin(), part.end()), frame.end());
}

TEST(Rotation, LosesNoFrameInAnyOrderOfTheThreeSteps)
{
    const std::vector<std::string> stages{first_key, first_key + second_key, second_key + first_key, second_key};
    for (std::size_t ours = 0; ours < stages.size(); ++ours)
        for (std::size_t theirs = ours; theirs <= ours + 1 && theirs < stages.size(); ++theirs) {
            const auto a = ring(stages[ours]), b = ring(stages[theirs]);
            EXPECT_TRUE(open(b, 1, some_frame(a))) << ours << theirs;
            EXPECT_TRUE(open(a, 1, some_frame(b))) << ours << theirs;
        }
}

TEST(HeartbeatCodec, OfALaterVersionIsReadAsFarAsItIsKnown)
{
    auto payload = encode_heartbeat(some_beat());
    payload.push_back(9);
    const auto beat = decode_heartbeat({head, payload});
    ASSERT_TRUE(beat);
    EXPECT_EQ(beat->epoch, some_beat().epoch);
}

TEST(HeartbeatCodec, CutShortOrWithoutSenseIsMalformed)
{
    const auto payload = encode_heartbeat(some_beat());
    for (std::size_t size = 0; size < payload.size(); ++size)
        EXPECT_FALSE(decode_heartbeat({head, {payload.begin(), payload.begin() + static_cast<std::ptrdiff_t>(size)}}));
    auto no_role = payload;
    no_role[2] = 7;
    EXPECT_EQ(decode_heartbeat({head, no_role}).error(), Rejection::Malformed);
    EXPECT_FALSE(decode_heartbeat({{Node::First, FrameKind::Counters, 1, 1}, payload}));
    EXPECT_FALSE(decode_heartbeat({{Node::First, FrameKind::Heartbeat, 0, 1}, payload}));
}

TEST(Keyring, RefusesWhatWouldNotHoldAndShowsNothingOfIt)
{
    for (const std::string bad : {"", "# nothing\n", "1 short\n", "0 0123456789abcdef0123456789abcdef\n",
                                  "256 0123456789abcdef0123456789abcdef\n", "0123456789abcdef0123456789abcdef\n", "1\n",
                                  "1 0123456789abcdef0123456789abcdef\n1 0123456789abcdef0123456789abcdee\n"}) {
        const auto keys = Keyring::parse(bad);
        ASSERT_FALSE(keys) << bad;
        EXPECT_FALSE(keys.error().what.contains("abcdef")) << keys.error().what;
    }
    std::string many;
    for (int i = 1; i < 10; ++i) many += std::to_string(i) + " 0123456789abcdef0123456789abcdef\n";
    EXPECT_FALSE(Keyring::parse(many));
}

TEST(Replay, TakesEachFrameOnce)
{
    Replay replay;
    EXPECT_FALSE(replay.accept(1, 0));
    EXPECT_TRUE(replay.accept(1, 5));
    EXPECT_FALSE(replay.accept(1, 5));
    EXPECT_TRUE(replay.accept(1, 3));
    EXPECT_FALSE(replay.accept(1, 3));
    EXPECT_TRUE(replay.accept(1, 200));
    EXPECT_TRUE(replay.accept(1, 137));
    EXPECT_FALSE(replay.accept(1, 136)) << "older than the window";
    EXPECT_FALSE(replay.accept(1, 4));
}

TEST(Replay, RemembersTheBootsBefore)
{
    Replay replay;
    EXPECT_TRUE(replay.accept(1, 9));
    EXPECT_TRUE(replay.accept(2, 1));
    EXPECT_FALSE(replay.accept(1, 9));
    EXPECT_TRUE(replay.accept(1, 10));
}

} // namespace
} // namespace linkspan::ha
