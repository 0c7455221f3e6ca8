#include "tests/unit/ha/gateway.h"

namespace linkspan::ha {
namespace {

TEST(Peer, WhoseFileDiffersIsToldOfOnceAndHandsOverToNobody)
{
    Gateway gateway;
    gateway.settings.config = {1, 2, 3, 4, 5, 6};
    gateway.become_active();
    const auto hear = [&](const ConfigDigest& config) {
        gateway.now += 10ms;
        auto beat = gateway.word(Role::Standby, {2});
        beat.config = config;
        gateway.give(Heard{0, beat});
    };
    hear({});
    EXPECT_FALSE(gateway.said(Cause::ConfigDiffers)) << "it has not read its file yet";
    hear({1, 2, 9, 4, 5, 6});
    EXPECT_TRUE(gateway.said(Cause::ConfigDiffers));
    gateway.give(Commanded{Command::Switchover});
    EXPECT_TRUE(gateway.said(Cause::RefusedDiffers));
    hear({1, 2, 9, 4, 5, 6});
    EXPECT_FALSE(gateway.said(Cause::ConfigDiffers));
    hear(gateway.settings.config);
    EXPECT_TRUE(peer_ready(gateway.settings, gateway.state, gateway.now));
    gateway.settings.config[0] = 7; // ours changes, the peer's stays
    hear({1, 2, 3, 4, 5, 6});
    EXPECT_TRUE(gateway.said(Cause::ConfigDiffers));
}

TEST(Heard, ARecordingNeitherGrantsNorCountsAsHeard)
{
    Gateway gateway;
    gateway.become_active();
    auto old = gateway.word(Role::Standby, {2});
    old.echo_boot = 6;
    gateway.give(Heard{0, old});
    EXPECT_EQ(gateway.state.peer.acked, Monotonic{});
    EXPECT_FALSE(peer_present(gateway.settings, gateway.state, gateway.now));
}

TEST(Heard, TwoOfOneNodeNeverClaim)
{
    Gateway gateway;
    auto same = gateway.word(Role::Standby, {});
    same.node = gateway.settings.self;
    gateway.give(Heard{0, same});
    EXPECT_TRUE(gateway.said(Cause::SameNode));
    gateway.wait(3 * gateway.settings.timing.detect());
    EXPECT_EQ(gateway.find<PersistEpoch>(), nullptr);
}

TEST(Heard, DifferencesAreSaidOnce)
{
    Gateway gateway;
    gateway.settings.config[2] = 4;
    auto beat = gateway.word(Role::Standby, {});
    beat.config[2] = 5;
    gateway.give(Heard{0, beat});
    EXPECT_TRUE(gateway.said(Cause::ConfigDiffers));
    gateway.now += 10ms;
    beat.sent = gateway.now;
    gateway.give(Heard{0, beat});
    EXPECT_FALSE(gateway.said(Cause::ConfigDiffers));
}

/// Two paths, and what is heard on them.
struct TwoPaths : Gateway {
    TwoPaths() { settings.paths = 2; }
    /// So many intervals in which a word comes by these paths alone; what was said meanwhile is in `actions`.
    void hear_for(int intervals, std::initializer_list<std::uint8_t> by)
    {
        Actions all;
        for (int i = 0; i < intervals; ++i) {
            wait(settings.timing.interval);
            std::ranges::copy(actions, std::back_inserter(all));
            for (const auto path : by) {
                give(Heard{path, word(Role::Standby, {})});
                std::ranges::copy(actions, std::back_inserter(all));
            }
        }
        actions = std::move(all);
    }
};

TEST(Path, NeverHeardHasItsTimeBeforeItCountsAsSilent)
{
    TwoPaths gateway;
    gateway.hear_for(4, {0});
    EXPECT_TRUE(gateway.said(Cause::PeerBack));
    EXPECT_FALSE(gateway.said(Cause::PathSilent)) << "it may have come up a moment later";
    gateway.hear_for(4, {0});
    EXPECT_TRUE(gateway.said(Cause::PathSilent));
    gateway.hear_for(1, {0, 1});
    EXPECT_TRUE(gateway.said(Cause::PathBack));
}

TEST(Path, OfAPeerThatWasAwayHasItsTimeAgain)
{
    TwoPaths gateway;
    gateway.hear_for(4, {0, 1});
    gateway.wait(2 * gateway.settings.timing.detect());
    ASSERT_TRUE(gateway.said(Cause::PeerLost));
    gateway.hear_for(1, {0, 1}); // by one of them first
    EXPECT_TRUE(gateway.said(Cause::PeerBack));
    EXPECT_FALSE(gateway.said(Cause::PathSilent) || gateway.said(Cause::PathBack));
}

TEST(Path, WhoseLinkWentDownIsSilentAtOnce)
{
    TwoPaths gateway;
    gateway.hear_for(8, {0, 1});
    gateway.give(PathChanged{1, false});
    EXPECT_TRUE(gateway.said(Cause::PathSilent));
}

} // namespace
} // namespace linkspan::ha
