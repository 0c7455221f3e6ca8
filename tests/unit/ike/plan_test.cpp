#include "ike/plan.h"

#include "specs.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace linkspan::ike {
namespace {

using namespace std::chrono_literals;
using test::sa;
using test::spec;

struct World {
    std::map<ConnectionName, ConnectionSpec> want;
    std::set<Reqid> up;
    std::map<std::uint64_t, std::string> end;
    Ledger ledger;
    Observed have;

    World& wanted(const ConnectionSpec& s, bool initiate = false)
    {
        want.insert_or_assign(s.name, s);
        if (initiate)
            for (const ChildSpec& child : s.children) up.insert(child.reqid);
        return *this;
    }
    World& in_charon(const ConnectionSpec& s)
    {
        have.loaded.insert(s.name.value);
        have.keys.insert(s.name.value);
        return *this;
    }
    World& loaded(const ConnectionSpec& s)
    {
        ledger.insert_or_assign(s.name, Loaded{s});
        return in_charon(s);
    }
    World& with(IkeSa ike)
    {
        have.sas.push_back(std::move(ike));
        return *this;
    }
    [[nodiscard]] std::vector<Op> plan() const { return ike::plan({want, up, end}, ledger, have); }
};

using Ops = std::vector<Op>;

TEST(IkePlan, NothingWantedAndNothingThereIsNothingToDo)
{
    EXPECT_EQ(World{}.plan(), Ops{});
}

TEST(IkePlan, LoadsThenInitiates)
{
    EXPECT_EQ(World{}.wanted(spec(), true).plan(),
              (Ops{Load{.spec = spec()}, Initiate{spec().name, spec().name.value}}));
}

TEST(IkePlan, WhatIsLoadedAndUpIsLeftAlone)
{
    EXPECT_EQ(World{}.wanted(spec(), true).loaded(spec()).with(sa(spec(), 1)).plan(), Ops{});
}

TEST(IkePlan, WhatNeedNotBeUpIsNotInitiated)
{
    EXPECT_EQ(World{}.wanted(spec()).loaded(spec()).plan(), Ops{});
}

TEST(IkePlan, AdoptsWhatCharonHasAndDisturbsNothing)
{
    EXPECT_EQ(World{}.wanted(spec(), true).in_charon(spec()).with(sa(spec(), 1)).plan(),
              Ops{(Load{.spec = spec(), .adopts = true})});
}

TEST(IkePlan, AnAdoptedSaThatLeadsElsewhereIsReplaced)
{
    const auto now = spec("azure-hub", "198.51.100.99");
    EXPECT_EQ(World{}.wanted(now, true).in_charon(now).with(sa(spec(), 1)).plan(),
              (Ops{Load{.spec = now, .adopts = true, .stale = {1}}, Terminate{now.name, 1},
                   Initiate{now.name, now.name.value}}));
}

TEST(IkePlan, AnAdoptedPeerBehindANatMayHaveMoved)
{
    const auto now = spec("azure-hub", "198.51.100.99");
    auto moved = sa(spec(), 1);
    moved.children[0].encapsulated = true;
    EXPECT_EQ(World{}.wanted(now, true).in_charon(now).with(moved).plan(), Ops{(Load{.spec = now, .adopts = true})});
}

TEST(IkePlan, ALongerLifetimeIsLoadedAndTheSaStays)
{
    auto now = spec();
    now.child_rekey = 8h;
    EXPECT_EQ(World{}.wanted(now, true).loaded(spec()).with(sa(spec(), 1)).plan(),
              Ops{(Load{.spec = now, .before = spec()})});
}

TEST(IkePlan, ANewKeyReplacesTheSaOfThatConnectionOnly)
{
    auto now = spec("b");
    now.psk = test::key("another");
    auto world = World{}.wanted(spec("a"), true).wanted(now, true).loaded(spec("a")).loaded(spec("b"));
    world.with(sa(spec("a"), 1)).with(sa(spec("b"), 2));
    EXPECT_EQ(world.plan(), (Ops{Load{.spec = now, .before = spec("b"), .stale = {2}}, Terminate{now.name, 2},
                                 Initiate{now.name, now.name.value}}));
}

TEST(IkePlan, AStaleSaIsTerminatedUntilItIsGone)
{
    auto world = World{}.wanted(spec(), true).loaded(spec()).with(sa(spec(), 1)).with(sa(spec(), 2));
    world.ledger.at(spec().name).stale = {1};
    EXPECT_EQ(world.plan(), (Ops{Terminate{spec().name, 1}}));
    world.have.sas[0].state = IkeState::Deleting;
    EXPECT_EQ(world.plan(), Ops{});
}

TEST(IkePlan, StaysStaleThroughAFurtherEdit)
{
    auto now = spec();
    now.dpd_delay = 10s;
    auto world = World{}.wanted(now).loaded(spec()).with(sa(spec(), 1));
    world.ledger.at(spec().name).stale = {1};
    EXPECT_EQ(world.plan(), (Ops{Load{.spec = now, .before = spec(), .stale = {1}}, Terminate{now.name, 1}}));
}

TEST(IkePlan, WhatIsNotWantedIsUnloadedAndTerminated)
{
    EXPECT_EQ(World{}.loaded(spec()).with(sa(spec(), 1)).plan(), (Ops{Unload{spec().name}, Terminate{spec().name, 1}}));
}

TEST(IkePlan, AnOrphanedKeyIsUnloaded)
{
    World world;
    world.have.keys = {"gone"};
    EXPECT_EQ(world.plan(), Ops{Unload{{"gone"}}});
}

TEST(IkePlan, APeersAttemptThatIsNobodysYetIsLeftAlone)
{
    EXPECT_EQ(World{}.with(sa(ConnectionSpec{}, 1, IkeState::Connecting)).plan(), Ops{});
}

TEST(IkePlan, WhatCharonLostIsLoadedAgain)
{
    auto world = World{}.wanted(spec()).loaded(spec());
    world.have.keys.clear();
    EXPECT_EQ(world.plan(), Ops{(Load{.spec = spec(), .before = spec()})});
    world.loaded(spec()).have.loaded.clear();
    EXPECT_EQ(world.plan(), Ops{(Load{.spec = spec(), .before = spec()})});
}

struct Case {
    const char* name;
    IkeSa ike;
    bool initiates;
};

IkeSa childless(IkeState state, bool creating = false)
{
    auto ike = sa(spec(), 1, state);
    ike.children.clear();
    ike.creating_child = creating;
    return ike;
}

IkeSa with_child(ChildState state, IkeState ike_state = IkeState::Established)
{
    auto ike = sa(spec(), 1, ike_state);
    ike.children[0].state = state;
    return ike;
}

class IkeInitiation : public testing::TestWithParam<Case> {};

TEST_P(IkeInitiation, OnlyWhereNothingIsUpNorComing)
{
    const auto ops = World{}.wanted(spec(), true).loaded(spec()).with(GetParam().ike).plan();
    const Ops initiation{Initiate{spec().name, spec().name.value}};
    EXPECT_EQ(ops, GetParam().initiates ? initiation : Ops{});
}

INSTANTIATE_TEST_SUITE_P(States, IkeInitiation,
                         testing::Values(Case{"Connecting", sa(spec(), 1, IkeState::Connecting), false},
                                         Case{"EstablishedAlone", childless(IkeState::Established), true},
                                         Case{"CreatingItsChild", childless(IkeState::Established, true), false},
                                         Case{"Deleting", sa(spec(), 1, IkeState::Deleting), true},
                                         Case{"Installing", with_child(ChildState::Installing), false},
                                         Case{"Installed", with_child(ChildState::Installed), false},
                                         Case{"Rekeying", with_child(ChildState::Rekeying), false},
                                         Case{"IkeRekeying", with_child(ChildState::Installed, IkeState::Rekeying),
                                              false},
                                         Case{"ReplacedByOneNotSeenYet", childless(IkeState::Other), false},
                                         Case{"ReplacedAndDeleted", childless(IkeState::Deleting), false},
                                         Case{"ChildGoing", with_child(ChildState::Other), true}),
                         [](const auto& test) { return std::string{test.param.name}; });

/// A connection with a child for each of the named pairs.
ConnectionSpec pairs(std::initializer_list<const char*> names)
{
    auto s = spec();
    s.children.clear();
    for (const std::string name : names)
        s.children.push_back({"azure-hub-" + name,
                              reqid_of_pair(id_of_name("azure-hub"), name),
                              {*IpPrefix::parse("10.1.0.0/16")},
                              {*IpPrefix::parse("10.2.0.0/16")}});
    return s;
}

TEST(IkePlan, OneChildMakesTheIkeSaAndTheOthersFollow)
{
    const auto both = pairs({"a", "b", "c"});
    auto world = World{}.wanted(both, true).loaded(both);
    EXPECT_EQ(world.plan(), (Ops{Initiate{both.name, "azure-hub-a"}}));
    EXPECT_EQ(world.with(sa(both, 1, IkeState::Connecting)).plan(), Ops{});
    auto first = sa(both, 1);
    first.children.resize(1);
    world.have.sas = {first};
    EXPECT_EQ(world.plan(), (Ops{Initiate{both.name, "azure-hub-b"}, Initiate{both.name, "azure-hub-c"}}));
}

TEST(IkePlan, AnEditedPairLeavesTheOthersAlone)
{
    const auto before = pairs({"a", "b"}), after = pairs({"b", "c"});
    auto world = World{}.wanted(after, true).loaded(before).with(sa(before, 1));
    EXPECT_EQ(world.plan(), (Ops{Load{.spec = after, .before = before, .stale_children = {101}},
                                 Terminate{after.name, 1, 101}, Initiate{after.name, "azure-hub-c"}}));
}

TEST(IkePlan, AChildOfTheSameNameWaitsForItsPredecessorToGo)
{
    auto after = spec();
    after.children[0].remote_ts = {*IpPrefix::parse("10.2.0.0/16")};
    auto world = World{}.wanted(after, true).loaded(spec()).with(sa(spec(), 1));
    EXPECT_EQ(world.plan(),
              (Ops{Load{.spec = after, .before = spec(), .stale_children = {101}}, Terminate{after.name, 1, 101}}));
    world.loaded(after).ledger.at(after.name).stale_children = {101};
    EXPECT_EQ(world.plan(), (Ops{Terminate{after.name, 1, 101}})) << "until it goes";
    world.have.sas[0].children.clear();
    EXPECT_EQ(world.plan(), (Ops{Initiate{after.name, after.name.value}}));
}

TEST(IkePlan, OfAdoptedChildSasThoseThatTheFileKnowsStay)
{
    const auto before = pairs({"a", "b"}), after = pairs({"b"});
    auto narrowed = sa(before, 1);
    narrowed.children[1].local_ts = {"10.1.7.0/24[tcp/https]"};
    narrowed.children[1].remote_ts = {"10.2.0.0/16"};
    auto world = World{}.wanted(after, true).in_charon(before).with(narrowed);
    const Load load{.spec = after, .adopts = true, .stale_children = {101}};
    EXPECT_EQ(world.plan(), (Ops{load, Terminate{after.name, 1, 101}}));
    world.have.sas[0].children[1].local_ts = {"10.9.0.0/16"};
    EXPECT_EQ(world.plan().size(), 3U) << "it leads elsewhere";
}

/// What charon would have after the plan, were it perfect.
void take(World& world, const Ops& ops)
{
    for (const Op& op : ops) {
        const std::string& name = connection_of(op).value;
        if (const auto* load = std::get_if<Load>(&op)) {
            world.in_charon(load->spec).ledger.insert_or_assign(load->spec.name, Loaded{load->spec, load->stale});
        } else if (std::holds_alternative<Unload>(op)) {
            world.have.loaded.erase(name);
            world.have.keys.erase(name);
            world.ledger.erase(ConnectionName{name});
        } else if (const auto* terminate = std::get_if<Terminate>(&op)) {
            std::erase_if(world.have.sas, [&](const IkeSa& s) { return s.unique_id == terminate->ike_id; });
        } else {
            world.with(sa(world.want.at(ConnectionName{name}), 1000 + world.have.sas.size()));
        }
    }
    std::ranges::sort(world.have.sas, {}, &IkeSa::connection);
}

TEST(IkePlan, ConvergesInOnePass)
{
    auto edited = spec("b");
    edited.esp_proposals = {Proposal{"aes256gcm16"}};
    auto world = World{}.wanted(spec("a"), true).wanted(edited, true).wanted(spec("c")).loaded(spec("b"));
    world.in_charon(spec("c")).loaded(spec("d")).with(sa(spec("b"), 2)).with(sa(spec("c"), 3)).with(sa(spec("d"), 4));
    take(world, world.plan());
    EXPECT_EQ(world.plan(), Ops{});
}

TEST(IkePlan, WhatIsToEndIsTerminatedAndNegotiatedAnewAtOnce)
{
    auto world = World{}.wanted(spec(), true).loaded(spec()).with(sa(spec(), 1));
    world.end = {{1, "it hangs"}};
    EXPECT_EQ(world.plan(),
              (Ops{Terminate{spec().name, 1, 0, "it hangs"}, Initiate{spec().name, spec().children[0].name}}));
    world.have.sas[0].state = IkeState::Deleting;
    world.with(sa(spec(), 2, IkeState::Connecting));
    EXPECT_EQ(world.plan(), Ops{});
}

TEST(IkePlan, APrivateKeyThatNobodyUsesIsUnloadedOnceAllUsersAreKnown)
{
    const auto a = test::x509_spec("a");
    const auto b = test::x509_spec("b");
    auto world = World{}.wanted(a).wanted(b);
    world.have.loaded = {"a", "b"};
    world.have.private_keys = {"shared", "old"};
    world.ledger.insert_or_assign(a.name, Loaded{a, {}, {}, "shared"});
    EXPECT_EQ(world.plan(), (Ops{Load{.spec = b, .adopts = true}})) << "it may be the key of b";
    world.ledger.insert_or_assign(b.name, Loaded{b, {}, {}, "shared"});
    EXPECT_EQ(world.plan(), (Ops{UnloadKey{.id = "old"}}));
    world.have.private_keys = {};
    EXPECT_EQ(world.plan(), (Ops{Load{.spec = a, .before = a}, Load{.spec = b, .before = b}})) << "charon has lost it";
}

TEST(IkePlan, AConnectionThatTurnsToACertificateLeavesItsPskBehind)
{
    const auto now = test::x509_spec("a");
    auto world = World{}.wanted(now).loaded(spec("a"));
    EXPECT_EQ(world.plan(), (Ops{Unload{{"a"}}, Load{.spec = now, .before = spec("a")}}));
}

TEST(IkePlan, AListThatNobodyWantsAnyMoreIsForgottenWithAllElseAndAllElseIsLoadedAgain)
{
    const auto with = [](const std::string& name, std::vector<std::string> crls) {
        auto s = test::x509_spec(name);
        auto x509 = *s.x509;
        x509.crls = std::move(crls);
        s.x509 = std::make_shared<const X509>(std::move(x509));
        return s;
    };
    const auto psk = spec("p");
    const auto a = with("a", {"list"}), b = with("b", {"list"});
    auto world = World{}.wanted(a).wanted(with("b", {})).wanted(psk).loaded(psk);
    world.in_charon(a).in_charon(b);
    world.have.keys = {"p"};
    world.have.private_keys = {"key"};
    world.ledger.insert_or_assign(a.name, Loaded{a, {}, {}, "key"});
    world.ledger.insert_or_assign(b.name, Loaded{b, {}, {}, "key"});
    EXPECT_EQ(world.plan(), (Ops{Load{.spec = with("b", {}), .before = b}})) << "a wants it";
    world.wanted(with("a", {"renewed"})).wanted(with("b", {"renewed"}));
    EXPECT_EQ(world.plan(), (Ops{Load{.spec = with("a", {"renewed"}), .before = a},
                                 Load{.spec = with("b", {"renewed"}), .before = b}}));
    world.wanted(with("a", {})).wanted(with("b", {}));
    EXPECT_EQ(world.plan(), (Ops{Forget{}, Load{.spec = with("a", {}), .before = a},
                                 Load{.spec = with("b", {}), .before = b}, Load{.spec = psk, .before = psk}}));
}

} // namespace
} // namespace linkspan::ike
