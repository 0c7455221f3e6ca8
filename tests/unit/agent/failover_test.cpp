#include "agent/failover.h"

#include "agent/compile.h"
#include "agent/reconciler.h"
#include "tests/fake/world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::agent {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const ConnectionName hub{"hub"};
const ConnectionName backup{"hub+backup"};

IpAddress ip(const char* text)
{
    return IpAddress::parse(text).value();
}

config::Connection connection(const ConnectionName& name, const char* peer)
{
    config::Connection c{.name = name, .id = id_of_name(name.value), .interface = config::Interface::Xfrm};
    c.device = config::device_of(name, c.id);
    c.peer = ip(peer);
    c.local_subnets = {IpPrefix::parse("10.1.0.0/16").value()};
    c.remote_subnets = {IpPrefix::parse("10.20.0.0/16").value()};
    c.esp_proposals = {Proposal{"aes256gcm16", {8, 16, 4}}};
    c.ike_proposals = {Proposal{"aes256gcm16-prfsha384-ecp384", {}}};
    return c;
}

config::Config pair_of(config::Mode mode = config::Mode::Route)
{
    config::Config config;
    config.gateway.uplink = {"wan0"};
    config.connections = {connection(hub, "198.51.100.7"), connection(backup, "192.0.2.7")};
    config.connections[0].backup = backup;
    config.connections[1].backup_of = hub;
    for (auto& c : config.connections) c.mode = mode;
    return config;
}

ike::IkeSa sa_of(const ConnectionName& name, std::uint64_t unique_id)
{
    ike::ChildSa child{.name = name.value, .unique_id = unique_id, .reqid = {id_of_name(name.value).value}};
    child.state = ike::ChildState::Installed;
    return {.connection = name, .unique_id = unique_id, .state = ike::IkeState::Established, .children = {child}};
}

TEST(Choose, TakesTheLivingOne)
{
    using enum Carrier;
    for (const bool preempt : {true, false})
        for (const auto current : {Primary, Backup}) {
            EXPECT_EQ(choose(current, {true, false}, preempt), Primary);
            EXPECT_EQ(choose(current, {false, true}, preempt), Backup);
            EXPECT_EQ(choose(current, {false, false}, preempt), current) << "a switch would help nobody";
        }
}

TEST(Choose, OfTwoLivingOnesPreemptDecides)
{
    using enum Carrier;
    EXPECT_EQ(choose(Backup, {true, true}, true), Primary);
    EXPECT_EQ(choose(Backup, {true, true}, false), Backup);
    EXPECT_EQ(choose(Primary, {true, true}, false), Primary);
}

constexpr Monotonic some_time{std::chrono::hours{1}};

OnBackup chosen(const config::Config& config, const ike::SaView& sas, const std::set<ConnectionName>& dead,
                const OnBackup& before)
{
    return choose_all(config, sas, dead, {before, {}}, some_time).on_backup;
}

TEST(ChooseAll, ATunnelLivesByItsSaAndItsProbe)
{
    const auto config = pair_of();
    EXPECT_THAT(chosen(config, {sa_of(hub, 1), sa_of(backup, 2)}, {}, {}), IsEmpty());
    EXPECT_THAT(chosen(config, {sa_of(backup, 2)}, {}, {}), ElementsAre(hub));
    EXPECT_THAT(chosen(config, {sa_of(hub, 1), sa_of(backup, 2)}, {hub}, {}), ElementsAre(hub));
    EXPECT_THAT(chosen(config, {sa_of(hub, 1), sa_of(backup, 2)}, {hub, backup}, {hub}), ElementsAre(hub));
    EXPECT_THAT(chosen(config, {}, {}, {}), IsEmpty());
}

/// A connection that does not preempt, look by look.
struct Looks {
    config::Config config = pair_of();
    Choice choice = {};
    Monotonic now = some_time;
    const ike::SaView none = {}, first = {sa_of(hub, 1)}, second = {sa_of(backup, 2)},
                      both = {sa_of(hub, 1), sa_of(backup, 2)};

    Looks() { config.connections[0].preempt = false; }
    OnBackup look(const ike::SaView& sas)
    {
        choice = choose_all(config, sas, {}, choice, now);
        return choice.on_backup;
    }
};

TEST(Grace, APrimaryThatComesUpSoonAfterTheBackupCarriesAfterAStart)
{
    Looks looks;
    EXPECT_THAT(looks.look(looks.none), IsEmpty());
    looks.now += std::chrono::hours{1};
    EXPECT_THAT(looks.look(looks.second), ElementsAre(hub)) << "nobody waits for the primary";
    looks.now += grace_time - std::chrono::seconds{1};
    EXPECT_THAT(looks.look(looks.both), IsEmpty());
    EXPECT_THAT(looks.look(looks.second), ElementsAre(hub));
    EXPECT_THAT(looks.look(looks.both), ElementsAre(hub)) << "it has carried: from now on preempt says";
}

TEST(Grace, IsOverInTimeAndLooksInBetweenDoNotProlongIt)
{
    Looks looks;
    (void)looks.look(looks.none);
    for (int second = 0; second < grace_time.count(); ++second, looks.now += std::chrono::seconds{1})
        EXPECT_THAT(looks.look(looks.second), ElementsAre(hub));
    EXPECT_THAT(looks.look(looks.both), ElementsAre(hub));
}

TEST(Grace, IsNotGivenWhereThePrimaryDiedAloneOrTheBackupCarriedBefore)
{
    Looks looks;
    (void)looks.look(looks.both);
    EXPECT_THAT(looks.look(looks.second), ElementsAre(hub));
    EXPECT_THAT(looks.look(looks.both), ElementsAre(hub)) << "a primary that comes back does not take over";
    (void)looks.look(looks.none);
    EXPECT_THAT(looks.look(looks.second), ElementsAre(hub));
    EXPECT_THAT(looks.look(looks.both), ElementsAre(hub)) << "charon was restarted while the backup carried";
}

TEST(Grace, IsGivenAgainWhereCharonIsRestartedWhileThePrimaryCarries)
{
    Looks looks;
    (void)looks.look(looks.both);
    (void)looks.look(looks.none);
    EXPECT_THAT(looks.look(looks.second), ElementsAre(hub));
    EXPECT_THAT(looks.look(looks.both), IsEmpty());
}

TEST(ChooseAll, KnowsOnlyConnectionsThatHaveABackup)
{
    config::Config config;
    config.connections = {connection({"alone"}, "198.51.100.7")};
    EXPECT_THAT(chosen(config, {}, {{"alone"}}, {{"alone"}, {"gone"}}), IsEmpty());
}

TEST(MembersOf, AConnectionMeansItsBackupToo)
{
    EXPECT_THAT(members_of(pair_of(), hub).value(), ElementsAre(hub, backup));
    EXPECT_THAT(members_of(pair_of(), backup).value(), ElementsAre(backup));
    EXPECT_THAT(members_of(pair_of(), {"hup"}).error().what, testing::HasSubstr("did you mean 'hub'"));
}

std::vector<LinkName> links_by_metric(const config::Config& config, const OnBackup& on_backup)
{
    Facts facts{.uplink_address = {{Family::V4, ip("203.0.113.10")}}, .on_backup = on_backup};
    auto routes = compile(config, facts).routes;
    std::erase_if(routes, [](const auto& r) { return r.destination.length == 32; });
    std::ranges::stable_sort(routes, {}, &route::RouteSpec::metric);
    std::vector<LinkName> links;
    for (std::uint32_t metric = 0; const auto& route : routes)
        if (route.metric == metric) links.push_back(route.link), ++metric;
    return links;
}

TEST(CompileBackup, TheWallStandsBehindBothTunnels)
{
    const auto config = pair_of();
    const LinkName first = config.connections[0].device, second = config.connections[1].device, wall{};
    EXPECT_THAT(links_by_metric(config, {}), ElementsAre(first, second, wall));
    EXPECT_THAT(links_by_metric(config, {hub}), ElementsAre(second, first, wall));
}

TEST(CompileBackup, InPolicyModeThePoliciesAreOneSetThatChangesInPlace)
{
    const auto config = pair_of(config::Mode::Policy);
    Facts facts{.uplink_address = {{Family::V4, ip("203.0.113.10")}}};
    const auto before = compile(config, facts).policies;
    facts.on_backup = {hub};
    const auto after = compile(config, facts).policies;
    ASSERT_EQ(before.size(), after.size());
    for (const auto& [key, policy] : before) {
        ASSERT_TRUE(after.contains(key));
        const auto& protect = after.at(key).protect;
        ASSERT_EQ(protect.has_value(), policy.protect.has_value());
        if (!protect || key.has_path()) continue;
        const auto& far = key.direction == xfrm::Direction::Out ? protect->destination : protect->source;
        EXPECT_EQ(far, ip("192.0.2.7"));
        EXPECT_EQ(protect->reqid.value, id_of_name(backup.value).value);
    }
}

/// Where the routes beside the main table lead, by table.
std::map<std::uint32_t, LinkName> links_beside(const Desired& desired)
{
    std::map<std::uint32_t, LinkName> links;
    for (const auto& route : desired.routes)
        if (route.table != route::main_table) links.emplace(route.table, route.link);
    return links;
}

TEST(CompilePaths, EachTunnelThatLivesHasItsRouteBesideTheMainTable)
{
    const auto config = pair_of();
    const LinkName first = config.connections[0].device, second = config.connections[1].device;
    Facts facts{.uplink_address = {{Family::V4, ip("203.0.113.10")}}};
    EXPECT_THAT(links_beside(compile(config, facts)), IsEmpty());
    facts.living = {hub, backup};
    const auto desired = compile(config, facts);
    EXPECT_THAT(links_beside(desired), ElementsAre(std::pair{10801U, first}, std::pair{10802U, second}));
    EXPECT_THAT(desired.rules,
                ElementsAre(route::RuleSpec{Family::V4, Path::Primary}, route::RuleSpec{Family::V4, Path::Backup}));
    EXPECT_THAT(desired.paths.ends.at(Path::Primary).links, ElementsAre(first));
    EXPECT_THAT(desired.paths.ends.at(Path::Backup).links, ElementsAre(second));
    facts.living = {hub};
    EXPECT_THAT(links_beside(compile(config, facts)), ElementsAre(std::pair{10801U, first}))
        << "answers take the main table";
    EXPECT_EQ(compile(config, facts).rules, desired.rules);
}

TEST(CompilePaths, OneTunnelNeedsNothingOfIt)
{
    auto config = pair_of();
    config.connections.pop_back();
    config.connections[0].backup.reset();
    const auto desired = compile(config, {.uplink_address = {{Family::V4, ip("203.0.113.10")}}, .living = {hub}});
    EXPECT_THAT(links_beside(desired), IsEmpty());
    EXPECT_THAT(desired.rules, IsEmpty());
    EXPECT_TRUE(desired.paths.empty());
}

/// The policies of a path by direction, each with the peer it is of.
std::map<xfrm::Direction, IpAddress> peers_of(const Desired& desired, Path path)
{
    std::map<xfrm::Direction, IpAddress> peers;
    for (const auto& [key, policy] : desired.policies)
        if (key.mark == policy_path(path))
            peers.emplace(key.direction,
                          key.direction == xfrm::Direction::Out ? policy.protect->destination : policy.protect->source);
    return peers;
}

TEST(CompilePaths, InPolicyModeBothTunnelsAreReceivedAndTheLivingOneAnswers)
{
    auto config = pair_of(config::Mode::Policy);
    const Facts facts{.uplink_address = {{Family::V4, ip("203.0.113.10")}}, .living = {hub}};
    const auto desired = compile(config, facts);
    using enum xfrm::Direction;
    const auto first = ip("198.51.100.7"), second = ip("192.0.2.7");
    EXPECT_THAT(peers_of(desired, Path::Primary),
                ElementsAre(std::pair{In, first}, std::pair{Out, first}, std::pair{Forward, first}));
    EXPECT_THAT(peers_of(desired, Path::Backup), ElementsAre(std::pair{In, second}, std::pair{Forward, second}));
    EXPECT_THAT(desired.paths.ends.at(Path::Backup).sas, ElementsAre(Reqid{id_of_name(backup.value).value}));
    EXPECT_THAT(desired.rules, IsEmpty());
    config.connections[0].remote_subnets[0].protocol = config.connections[1].remote_subnets[0].protocol = 6;
    EXPECT_THAT(peers_of(compile(config, facts), Path::Primary), IsEmpty()) << "no place between those of ports";
}

class FailoverTest : public testing::Test {
protected:
    FailoverTest()
    {
        (*world_.kernel.links)[{"wan0"}] = {.index = {2}, .mtu = 1500, .up = true};
        world_.kernel.routes->foreign_addresses.push_back(
            {{"wan0"}, IpInterface::parse("203.0.113.10/24").value(), true, true});
        reconciler_.load(pair_of(), {{hub, {psk_}}, {backup, {psk_}}});
        reconciler_.reconcile(all_rooms, true);
        world_.charon.sas = {sa_of(hub, 1), sa_of(backup, 2)};
        reconciler_.reconcile(all_rooms, true);
        world_.applied.clear();
    }

    LinkName first_link() const
    {
        return world_.kernel.routes->own_routes.at({IpPrefix::parse("10.20.0.0/16").value(), 0}).link;
    }
    void look_at_charon() { reconciler_.reconcile(static_cast<Rooms>(Room::Ike), true); }

    fake::World world_;
    std::shared_ptr<const Secret> psk_ = std::make_shared<const Secret>("psk");
    Monotonic now_{std::chrono::hours{1}};
    Clock clock_{[this] { return now_; }, [] { return WallTime{std::chrono::seconds{1'000'000}}; }};
    std::vector<std::pair<ConnectionName, bool>> switched_;
    Observer observer_{
        .switched = [this](const ConnectionName& name, bool to_backup) { switched_.emplace_back(name, to_backup); }};
    Reconciler reconciler_{world_, clock_, observer_};
};

TEST_F(FailoverTest, ALostProbeMovesTheRoutesInTheSameLookAndNothingElse)
{
    reconciler_.tell_probes({.lost = {hub}});
    look_at_charon();
    EXPECT_EQ(first_link(), config::device_of(backup, id_of_name(backup.value)));
    EXPECT_THAT(world_.applied, SizeIs(3)) << "two routes change places, and nothing is answered by the dead one";
    EXPECT_THAT(switched_, ElementsAre(std::pair{hub, true}));

    reconciler_.tell_probes({});
    look_at_charon();
    EXPECT_EQ(first_link(), config::device_of(hub, id_of_name(hub.value)));
    EXPECT_THAT(switched_, ElementsAre(std::pair{hub, true}, std::pair{hub, false}));
}

TEST_F(FailoverTest, ASwitchWaitsForNothingButWhatCarries)
{
    reconciler_.tell_probes({.lost = {hub}});
    world_.looks.clear();
    EXPECT_TRUE(reconciler_.switch_carriers());
    EXPECT_THAT(world_.looks, ElementsAre(carrying_rooms));
    EXPECT_EQ(first_link(), config::device_of(backup, id_of_name(backup.value)));
    EXPECT_THAT(switched_, ElementsAre(std::pair{hub, true}));
    EXPECT_FALSE(reconciler_.switch_carriers()) << "nothing is to be done";

    look_at_charon();
    EXPECT_THAT(world_.applied, SizeIs(3)) << "the look behind it finds nothing left";
}

TEST_F(FailoverTest, ACharonThatCannotBeReachedMovesNothing)
{
    world_.charon_runs = false;
    look_at_charon();
    reconciler_.tell_probes({.lost = {hub}});
    EXPECT_FALSE(reconciler_.switch_carriers());
    EXPECT_THAT(switched_, IsEmpty());
}

TEST_F(FailoverTest, ARestartedAgentWritesNothingWhileCharonIsOutOfSight)
{
    world_.charon_runs = false;
    Reconciler successor{world_, clock_, {}};
    successor.load(pair_of(), {{hub, {psk_}}, {backup, {psk_}}});
    successor.reconcile(all_rooms, true);
    EXPECT_THAT(world_.applied, IsEmpty());
}

TEST_F(FailoverTest, ARestartedAgentLeavesTheTrafficWhereItIs)
{
    auto config = pair_of();
    config.connections[0].preempt = false;
    reconciler_.tell_probes({.lost = {hub}});
    look_at_charon();
    world_.applied.clear();
    Reconciler successor{world_, clock_, {}};
    successor.load(config, {{hub, {psk_}}, {backup, {psk_}}});
    successor.reconcile(all_rooms, true);
    EXPECT_THAT(successor.on_backup(), ElementsAre(hub));
    EXPECT_EQ(first_link(), config::device_of(backup, id_of_name(backup.value)));
}

TEST_F(FailoverTest, ARestartedAgentMovesNothingBackBeforeAProbeHasSpoken)
{
    auto config = pair_of(); // with preempt
    for (auto& c : config.connections) c.probe.emplace();
    reconciler_.tell_probes({.alive = {backup}, .lost = {hub}});
    look_at_charon();
    world_.applied.clear();
    Reconciler successor{world_, clock_, observer_};
    successor.load(config, {{hub, {psk_}}, {backup, {psk_}}});
    successor.reconcile(all_rooms, true);
    EXPECT_THAT(world_.applied, IsEmpty());
    EXPECT_THAT(successor.on_backup(), ElementsAre(hub));

    successor.tell_probes({.alive = {hub}});
    successor.reconcile(all_rooms, true);
    EXPECT_THAT(successor.on_backup(), IsEmpty()) << "it answered";
}

TEST(Undecided, IsWhatHasAProbeThatHasNotSpokenAndWasNotAlive)
{
    auto config = pair_of();
    config.connections[0].probe.emplace();
    const ike::SaView sas{sa_of(hub, 1), sa_of(backup, 2)};
    EXPECT_THAT(undecided(config, sas, {}, {}), ElementsAre(hub));
    EXPECT_THAT(undecided(config, sas, {}, {hub}), IsEmpty());
    EXPECT_THAT(undecided(config, sas, {.alive = {hub}}, {}), IsEmpty());
}

TEST(Undecided, IsWhatOnlyAsksWhereItsSilenceWouldBeNoticed)
{
    auto config = pair_of();
    for (auto& c : config.connections) c.dpd_delay = std::chrono::seconds{3};
    ike::SaView sas{sa_of(hub, 1), sa_of(backup, 2)};
    EXPECT_THAT(undecided(config, sas, {}, {}), IsEmpty());
    sas[0].asking = true;
    EXPECT_THAT(undecided(config, sas, {}, {}), ElementsAre(hub));
    EXPECT_THAT(undecided(config, sas, {}, {hub}), IsEmpty());
}

} // namespace
} // namespace linkspan::agent
