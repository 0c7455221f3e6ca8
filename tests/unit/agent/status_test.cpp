#include "agent/status.h"

#include "agent/compile_pairs.h"
#include "tests/fake/world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::agent {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

config::Connection connection(const std::string& name)
{
    config::Connection c{.name = {name}, .id = id_of_name(name), .interface = config::Interface::Xfrm};
    c.device = {"ls-" + name};
    c.peer = IpAddress::parse("198.51.100.7").value();
    c.remote_subnets = {IpPrefix::parse("10.20.0.0/16").value()};
    c.esp_proposals = {Proposal{"aes256gcm16", {8, 16, 4}}};
    c.ike_proposals = {Proposal{"aes256gcm16-prfsha384-ecp384", {}}};
    return c;
}

class StatusTest : public testing::Test {
protected:
    StatusTest()
    {
        (*world_.kernel.links)[{"wan0"}] = {.index = {2}, .mtu = 1500, .up = true};
        world_.kernel.routes->foreign_addresses.push_back(
            {{"wan0"}, IpInterface::parse("203.0.113.10/24").value(), true, true});
    }

    bus::ConnectionReport report(config::Connection c)
    {
        config::Config config;
        config.gateway.uplink = {"wan0"};
        config.connections = {std::move(c)};
        reconciler_.load(std::move(config), {{{"a"}, {std::make_shared<const Secret>("psk"), {}}}});
        return again();
    }

    bus::ConnectionReport again()
    {
        reconciler_.reconcile(all_rooms, false);
        memories_.update(reconciler_, wall_);
        return report_of(reconciler_, memories_, causes_, now_).connections.at(0);
    }

    void establish()
    {
        ike::IkeSa sa{.connection = {"a"}, .unique_id = 1, .state = ike::IkeState::Established};
        sa.children.push_back({.name = "a", .reqid = {id_of_name("a").value}, .state = ike::ChildState::Installed});
        world_.charon.sas = {sa};
    }

    fake::World world_;
    Monotonic now_{std::chrono::hours{1}};
    WallTime wall_{std::chrono::seconds{1'000'000}};
    Reconciler reconciler_{world_, {[this] { return now_; }, [this] { return wall_; }}, {}};
    Memories memories_;
    Causes causes_;
};

TEST_F(StatusTest, ACauseIsToldUntilTheConnectionIsUp)
{
    auto c = connection("a");
    (void)report(c);
    const auto cause = ike::cause_of({"a", 1, "tried 1 shared key for 'a' - 'b', but MAC mismatched"});
    (void)causes_.add({"a", {}, *cause}, *reconciler_.config(), wall_);
    const auto down = again();
    ASSERT_TRUE(down.cause);
    EXPECT_EQ(down.cause->code, "psk");
    EXPECT_EQ(down.cause->side, "either");
    EXPECT_EQ(down.cause->when, wall_);
    for (const auto& warning : down.warnings) EXPECT_FALSE(warning.contains("journalctl")) << "it is known";
    establish();
    EXPECT_FALSE(again().cause);
}

TEST_F(StatusTest, WithAChildSaItIsUpAndSinceWhenIsKept)
{
    EXPECT_EQ(report(connection("a")).state, bus::State::Connecting);
    establish();
    wall_ += std::chrono::seconds{5};
    EXPECT_EQ(again().state, bus::State::Up);
    wall_ += std::chrono::seconds{60};
    EXPECT_EQ(again().since, WallTime{std::chrono::seconds{1'000'005}});
}

TEST_F(StatusTest, SomethingOutOfSyncDegradesIt)
{
    world_.refuse["link ls-a"] = {Kind::Unsupported, EOPNOTSUPP, "Unknown device type"};
    EXPECT_EQ(report(connection("a")).state, bus::State::Failed);
    establish();
    const auto degraded = again();
    EXPECT_EQ(degraded.state, bus::State::Degraded);
    EXPECT_THAT(degraded.unsynced, Contains(testing::Field(&bus::Unsynced::object, "link ls-a")));
}

TEST_F(StatusTest, APairWithoutItsChildSaDegradesItAndIsNamed)
{
    auto c = connection("a");
    c.mode = config::Mode::Policy;
    c.selectors = config::Selectors::Each;
    c.local_subnets = {IpPrefix::parse("10.1.0.0/16").value()};
    c.remote_subnets.emplace_back(IpPrefix::parse("10.21.0.0/16").value());
    EXPECT_EQ(report(c).interface, "policy");
    ike::IkeSa sa{.connection = {"a"}, .unique_id = 1, .state = ike::IkeState::Established};
    const auto children = children_of_pairs(c);
    sa.children = {{.name = children[0].name, .reqid = children[0].reqid, .state = ike::ChildState::Installed}};
    world_.charon.sas = {sa};
    const auto half = again();
    EXPECT_EQ(half.state, bus::State::Degraded);
    EXPECT_THAT(half.warnings, Contains(HasSubstr("no CHILD_SA for 10.1.0.0/16 <-> 10.21.0.0/16")));
    sa.children.push_back({.name = children[1].name, .reqid = children[1].reqid, .state = ike::ChildState::Installed});
    world_.charon.sas = {sa};
    EXPECT_EQ(again().state, bus::State::Up);
}

TEST_F(StatusTest, WhoWaitsForTrafficOrThePeerIsWaiting)
{
    auto c = connection("a");
    c.start = config::Start::Respond;
    EXPECT_EQ(report(c).state, bus::State::Waiting);
}

TEST_F(StatusTest, DownAndDisabledAreSaid)
{
    auto c = connection("a");
    c.enabled = false;
    EXPECT_EQ(report(c).state, bus::State::Disabled);
    reconciler_.hold({{"a"}});
    EXPECT_EQ(report(connection("a")).state, bus::State::Down);
}

TEST_F(StatusTest, ASilentPeerIsNamed)
{
    (void)report(connection("a"));
    world_.charon.sas = {{.connection = {"a"}, .unique_id = 1, .state = ike::IkeState::Connecting, .initiator = true}};
    EXPECT_THAT(again().warnings, Contains(HasSubstr("no answer from the peer 198.51.100.7")));
}

TEST_F(StatusTest, AnUnreachableCharonIsTheReason)
{
    world_.charon_runs = false;
    EXPECT_THAT(report(connection("a")).warnings, Contains(HasSubstr("charon cannot be reached")));
}

TEST_F(StatusTest, NothingIsRememberedOfAConnectionThatWent)
{
    (void)report(connection("a"));
    memories_.error({"a"}, "it failed", wall_);
    EXPECT_TRUE(again().last_error.has_value());
    (void)report(connection("b"));
    EXPECT_EQ(memories_.find({"a"}), nullptr);
}

} // namespace
} // namespace linkspan::agent
