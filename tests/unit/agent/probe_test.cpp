#include "agent/probe.h"

#include <gtest/gtest.h>

#include <vector>

namespace linkspan::agent {
namespace {

using enum ProbeState::Verdict;
constexpr std::uint32_t lost = 3;

ProbeState asked(ProbeState state, int times)
{
    for (int i = 0; i < times; ++i) state = after_interval(state, lost);
    return state;
}

/// Asks, and is answered, so many times.
ProbeState answered(ProbeState state, int times)
{
    for (int i = 0; i < times; ++i) {
        state = after_interval(state, lost);
        state = after_answer(state, state.sent, lost);
    }
    return state;
}

TEST(Probe, IsUnknownUntilTheFirstAnswerOrEnoughWithoutOne)
{
    EXPECT_EQ(asked({}, 3).verdict, Unknown);
    EXPECT_EQ(asked({}, 4).verdict, Lost);
    EXPECT_EQ(answered({}, 1).verdict, Alive);
}

TEST(Probe, ThreeInARowWithoutAnAnswerAreADeadTunnelAndTwoAreNot)
{
    auto state = answered({}, 5);
    state = answered(asked(state, 2), 1);
    EXPECT_EQ(state.verdict, Alive);
    EXPECT_EQ(asked(state, 3).verdict, Alive) << "the third may still be answered";
    EXPECT_EQ(asked(state, 4).verdict, Lost);
}

TEST(Probe, ThreeAnswersInARowAreNeededAfterThat)
{
    const auto dead = asked(answered({}, 1), 10);
    ASSERT_EQ(dead.verdict, Lost);
    EXPECT_EQ(answered(dead, 2).verdict, Lost);
    EXPECT_EQ(answered(dead, 3).verdict, Alive);
    EXPECT_EQ(answered(asked(answered(dead, 2), 1), 1).verdict, Lost) << "one was missing in between";
}

TEST(Probe, AnswersMayTakeLongerThanAnInterval)
{
    auto state = answered({}, 1);
    for (int i = 0; i < 20; ++i) {
        state = after_interval(state, lost);
        state = after_answer(state, static_cast<std::uint16_t>(state.sent - 1), lost);
        EXPECT_EQ(state.verdict, Alive);
    }
}

TEST(Probe, WhatNobodyAskedForAndWhatIsTooLateSaysNothing)
{
    const auto dead = asked(answered({}, 1), 10);
    for (const int number : {1, 5, 8, 12, 40'000})
        EXPECT_EQ(after_answer(dead, static_cast<std::uint16_t>(number), lost), dead) << number;
    const auto once = after_answer(dead, dead.sent, lost);
    EXPECT_EQ(after_answer(once, dead.sent, lost), once) << "a duplicate";
}

TEST(Probe, NumbersGoRound)
{
    auto state = answered({}, 70'000);
    EXPECT_EQ(state.verdict, Alive);
    EXPECT_EQ(asked(state, 70'000).verdict, Lost);
    EXPECT_EQ(answered(asked(state, 70'000), 3).verdict, Alive);
}

std::vector<std::uint8_t> reply_to(Family family, std::uint16_t identifier, std::uint16_t sequence)
{
    const auto request = echo_request(family, identifier, sequence);
    std::vector<std::uint8_t> packet;
    if (family == Family::V4) packet.assign(24, 0), packet[0] = 0x46; // with four bytes of options
    packet.insert(packet.end(), request.begin(), request.end());
    packet[family == Family::V4 ? 24 : 0] = family == Family::V4 ? 0 : 129;
    return packet;
}

TEST(EchoPacket, OfIpv4HasAChecksumThatAddsUp)
{
    const auto packet = echo_request(Family::V4, 0xabcd, 0x1234);
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < packet.size(); i += 2)
        sum += static_cast<std::uint32_t>(packet[i] << 8 | packet[i + 1]);
    EXPECT_EQ((sum & 0xffff) + (sum >> 16), 0xffffU);
    EXPECT_EQ(packet[0], 8);
    EXPECT_EQ(echo_request(Family::V6, 1, 2)[0], 128);
}

TEST(EchoPacket, AnswersAreKnownByTypeAndIdentifier)
{
    for (const auto family : {Family::V4, Family::V6}) {
        const auto packet = reply_to(family, 0xabcd, 0x1234);
        EXPECT_EQ(answered_sequence(family, 0xabcd, packet), 0x1234);
        EXPECT_EQ(answered_sequence(family, 0xabce, packet), std::nullopt);
        const auto request = echo_request(family, 0xabcd, 1);
        EXPECT_EQ(answered_sequence(Family::V6, 0xabcd, request), std::nullopt) << "a request is no answer";
        for (std::size_t size = 0; size < packet.size() - 8; ++size)
            EXPECT_EQ(answered_sequence(family, 0xabcd, std::span{packet}.first(size)), std::nullopt) << size;
    }
}

} // namespace
} // namespace linkspan::agent
