#include "agent/pace.h"

#include <gtest/gtest.h>

#include <chrono>

namespace linkspan::agent {
namespace {

using std::chrono::seconds;

class PaceTest : public testing::Test {
protected:
    /// `up` IKE_SAs from number `first` on that stand, and behind them so many that are connecting.
    static ike::SaView view(std::uint64_t up, std::uint64_t connecting, std::uint64_t answered = 1)
    {
        ike::SaView sas;
        for (std::uint64_t id = 1; id <= up + connecting; ++id)
            sas.push_back({.connection = {"c"},
                           .unique_id = id,
                           .state = id <= up ? ike::IkeState::Established : ike::IkeState::Connecting,
                           .spi_responder = answered,
                           .initiator = true});
        return sas;
    }
    Monotonic now_{seconds{1000}};
    Pace pace_;
};

TEST_F(PaceTest, AtFirstThereIsRoomForWhatAnyMachineDoes)
{
    EXPECT_EQ(pace_.room(), 64);
    pace_.see(view(0, 0), now_);
    EXPECT_EQ(pace_.room(), 64);
    pace_.see(view(0, 64), now_ += seconds{1});
    EXPECT_EQ(pace_.room(), 0);
    pace_.see(view(0, 100), now_ += seconds{1});
    EXPECT_EQ(pace_.room(), 0) << "others may have begun some";
}

TEST_F(PaceTest, WhatComesUpMakesRoomForTwiceAsMany)
{
    pace_.see(view(0, 64), now_);
    pace_.see(view(60, 4), now_ += seconds{1});
    EXPECT_EQ(pace_.room(), 64 + 2 * 60 - 4);
    pace_.see(view(64, 180), now_ += std::chrono::milliseconds{10});
    EXPECT_EQ(pace_.room(), 64 + 2 * 60 - 180) << "two looks in a row are one";
    pace_.see(view(244, 0), now_ += seconds{1});
    EXPECT_EQ(pace_.room(), 64 + 2 * 184);
    pace_.see(view(244, 0), now_ += seconds{1});
    EXPECT_EQ(pace_.room(), 64) << "a rate of the past is none";
}

TEST_F(PaceTest, PeersThatDoNotAnswerKeepNobodyElseWaiting)
{
    pace_.see(view(0, 64, 0), now_);
    EXPECT_EQ(pace_.room(), 0);
    pace_.see(view(0, 64, 0), now_ += seconds{4});
    EXPECT_EQ(pace_.room(), 0);
    pace_.see(view(0, 64, 0), now_ += seconds{1});
    EXPECT_EQ(pace_.room(), 64);
    pace_.see(view(0, 64, 1), now_ += seconds{1});
    EXPECT_EQ(pace_.room(), 0) << "they do answer";
}

TEST_F(PaceTest, WhatWasBegunCountsBeforeCharonShowsIt)
{
    pace_.see({}, now_);
    for (int i = 0; i < 60; ++i) pace_.begin();
    EXPECT_EQ(pace_.room(), 4);
    pace_.see(view(0, 30), now_);
    EXPECT_EQ(pace_.room(), 4);
    pace_.see(view(0, 60), now_ += seconds{1});
    EXPECT_EQ(pace_.room(), 4) << "each once";
}

TEST_F(PaceTest, WhatAPeerBeginsIsItsOwn)
{
    auto sas = view(0, 64);
    for (auto& sa : sas) sa.initiator = false;
    pace_.see(sas, now_);
    EXPECT_EQ(pace_.room(), 64);
}

} // namespace
} // namespace linkspan::agent
