#include "agent/counter_file.h"

#include "tests/fake/static_states.h"
#include "tests/unit/directory.h"

#include <gtest/gtest.h>

#include <fstream>

namespace linkspan::agent {
namespace {

xfrm::ObservedState seen(const xfrm::StateSpec& spec, std::uint64_t sent, std::uint64_t received = 0)
{
    xfrm::ObservedState state{.key = spec.key, .is_static = true};
    state.sent = sent;
    state.received = received;
    return state;
}

TEST(CounterFile, WhatItReservedOutlivesTheProcess)
{
    const Directory directory;
    auto spec = fake::static_state(1, true);
    spec.sequence = 500;
    {
        CounterFile file{directory / "state/numbers"};
        ASSERT_TRUE(file.reserve(spec));
    }
    EXPECT_EQ(CounterFile{directory / "state/numbers"}.known().at(spec.key).sent, 500 + reserve_ahead);
}

TEST(CounterFile, StaysAheadOfWhatIsSentAndIsWrittenSeldom)
{
    const Directory directory;
    const auto path = directory / "numbers";
    const auto spec = fake::static_state(1, true);
    CounterFile file{path};
    ASSERT_TRUE(file.reserve(spec));
    std::filesystem::remove(path);
    ASSERT_TRUE(file.note({{seen(spec, reserve_ahead / 2 - 1)}}));
    EXPECT_FALSE(std::filesystem::exists(path)) << "half of what is reserved is left";
    ASSERT_TRUE(file.note({{seen(spec, reserve_ahead / 2 + 1)}}));
    EXPECT_TRUE(std::filesystem::exists(path));
    EXPECT_EQ(file.known().at(spec.key).sent, reserve_ahead / 2 + 1 + reserve_ahead);
}

TEST(CounterFile, RemembersWhatWasReceivedNowAndThen)
{
    const auto spec = fake::static_state(1, false);
    CounterFile file;
    ASSERT_TRUE(file.note({{seen(spec, 0, 10)}}));
    EXPECT_EQ(file.known().at(spec.key).received, 0U);
    ASSERT_TRUE(file.note({{seen(spec, 0, 70'000)}}));
    EXPECT_EQ(file.known().at(spec.key).received, 70'000U);
    EXPECT_EQ(file.known().at(spec.key).sent, 0U);
}

TEST(CounterFile, OfIkesSasItKnowsNothing)
{
    auto state = seen(fake::static_state(1, true), 1'000'000);
    state.is_static = false;
    CounterFile file;
    ASSERT_TRUE(file.note({{state}}));
    EXPECT_TRUE(file.known().empty());
}

TEST(CounterFile, IsReadBackAndForgivesWhatItCannotRead)
{
    const xfrm::KnownCounters counters{{fake::static_state(0xc0de'0001, true).key, {1ULL << 40, 7}}};
    EXPECT_EQ(counters_of(text_of(counters)), counters);
    EXPECT_EQ(counters_of("garbage\n\n" + text_of(counters) + "198.51.100.7 zz 1 1\n"), counters);
    EXPECT_TRUE(counters_of("").empty());
}

} // namespace
} // namespace linkspan::agent
