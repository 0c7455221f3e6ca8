#include "agent/silence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::agent {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

const ConnectionName a{"a"};
const ike::IkeSa waiting{.connection = a, .asking = true};
const ike::IkeSa content{.connection = a};

class SilenceTest : public testing::Test {
protected:
    SilenceTest()
    {
        config_.connections = {{.name = a, .backup = ConnectionName{"a+backup"}}};
        config_.connections[0].dpd_timeout = seconds{5};
    }
    void see(const ike::SaView& sas, milliseconds after)
    {
        now_ += after;
        silence_.see(a, sas, now_);
    }
    [[nodiscard]] std::set<ConnectionName> silent() const { return silence_.silent(config_, now_); }

    config::Config config_;
    Monotonic now_{std::chrono::hours{1}};
    Silence silence_;
};

TEST_F(SilenceTest, CountsFromTheFirstLookThatShowsARequestWaiting)
{
    see({content}, seconds{60});
    see({waiting}, milliseconds{250});
    see({waiting}, milliseconds{4999});
    EXPECT_THAT(silent(), IsEmpty());
    see({waiting}, milliseconds{1});
    EXPECT_THAT(silent(), ElementsAre(a));
}

TEST_F(SilenceTest, AnAnswerEndsIt)
{
    see({waiting}, {});
    see({waiting}, seconds{5});
    EXPECT_THAT(silent(), ElementsAre(a));
    see({content}, milliseconds{250});
    EXPECT_THAT(silent(), IsEmpty());
    see({waiting}, milliseconds{250});
    see({waiting}, milliseconds{4900});
    EXPECT_THAT(silent(), IsEmpty()) << "it counts anew";
}

TEST_F(SilenceTest, AnotherIkeSaThatDoesNotWaitIsASignOfLife)
{
    see({waiting, content}, {});
    see({waiting, content}, seconds{60});
    EXPECT_THAT(silent(), IsEmpty());
}

TEST_F(SilenceTest, PacketsByTheTunnelAreASignOfLife)
{
    auto receiving = waiting;
    receiving.children = {{.name = "a", .packets_in = 7}};
    see({receiving}, {});
    see({receiving}, seconds{4});
    receiving.children[0].packets_in = 8;
    see({receiving}, seconds{1});
    EXPECT_THAT(silent(), IsEmpty()) << "perhaps another request waits now";
    see({receiving}, seconds{5});
    EXPECT_THAT(silent(), ElementsAre(a)) << "none since";
}

TEST_F(SilenceTest, WhatIsNotThereIsNotSilent)
{
    see({waiting}, {});
    see({waiting}, seconds{5});
    see({}, {});
    EXPECT_THAT(silent(), IsEmpty());
}

TEST_F(SilenceTest, AConnectionThatWentFromTheFileIsForgotten)
{
    see({waiting}, {});
    see({}, {});
    see({waiting}, {});
    now_ += seconds{60};
    silence_.keep({{"b"}});
    EXPECT_THAT(silent(), IsEmpty());
    see({waiting}, {});
    now_ += seconds{60};
    config_.connections.clear();
    EXPECT_THAT(silent(), IsEmpty());
}

TEST_F(SilenceTest, OnlyABackupMakesItWorthWatching)
{
    auto& c = config_.connections[0];
    EXPECT_THAT(worth_watching(config_), ElementsAre(a));
    c.backup.reset();
    EXPECT_THAT(worth_watching(config_), IsEmpty());
    c.backup_of = {{"x"}};
    EXPECT_THAT(worth_watching(config_), ElementsAre(a));
    c.ike.version = 1;
    EXPECT_THAT(worth_watching(config_), IsEmpty());
    c.ike.version = 2;
    c.dpd_delay = {};
    EXPECT_THAT(worth_watching(config_), IsEmpty());
    c.dpd_delay = seconds{30};
    c.enabled = false;
    EXPECT_THAT(worth_watching(config_), IsEmpty());
}

} // namespace
} // namespace linkspan::agent
