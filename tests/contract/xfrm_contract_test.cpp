#include "netlink/socket.h"
#include "tests/fake/static_states.h"
#include "tests/fake/xfrm_kernel.h"
#include "tests/fake/xfrm_samples.h"
#include "tests/fake/xfrm_states.h"
#include "tests/netns/own_namespace.h"
#include "xfrm/apply.h"
#include "xfrm/observe.h"
#include "xfrm/plan.h"
#include "xfrm/policy_codec.h"
#include "xfrm/static_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/xfrm.h>

namespace linkspan::xfrm {

namespace {

using fake::Connection;
using testing::HasSubstr;

/// Back ends: what they lack, and a socket to them.
struct FakeKernel {
    fake::XfrmKernel kernel = {};
    std::string missing() { return {}; }
    Result<netlink::Socket> open() { return netlink::Socket::over(kernel.dial()); }
};

struct RunningKernel {
    std::string missing() { return test::enter_own_namespace(); }
    Result<netlink::Socket> open() { return netlink::Socket::open(NETLINK_XFRM); }
};

template <typename Backend>
class XfrmContract : public testing::Test {
protected:
    void SetUp() override
    {
        if (const auto missing = backend.missing(); !missing.empty()) GTEST_SKIP() << "needs " << missing;
        auto opened = backend.open();
        ASSERT_TRUE(opened) << opened.error().what;
        socket.emplace(std::move(*opened));
    }

    Policies seen()
    {
        auto policies = observe_policies(*socket);
        EXPECT_TRUE(policies) << policies.error().what;
        return policies ? *policies : Policies{};
    }
    void must(Verb verb, const PolicySpec& spec)
    {
        const auto done = apply(*socket, Op<PolicySpec>{verb, spec, {}});
        ASSERT_TRUE(done) << done.error().what;
    }
    /// Writes a policy as somebody else would.
    Result<> write(const PolicySpec& spec, const std::function<void(xfrm_userpolicy_info&)>& tweak)
    {
        netlink::Message message;
        encode_update(spec, message);
        tweak(*static_cast<xfrm_userpolicy_info*>(NLMSG_DATA(&message.header())));
        return socket->request(message, "write");
    }

    Backend backend;
    std::optional<netlink::Socket> socket;
};

using Backends = testing::Types<FakeKernel, RunningKernel>;
struct Name {
    template <typename T>
    static std::string GetName(int)
    {
        return std::is_same_v<T, FakeKernel> ? "Fake" : "Kernel";
    }
};
TYPED_TEST_SUITE(XfrmContract, Backends, Name);

TYPED_TEST(XfrmContract, WhatIsWrittenIsReadBack)
{
    const Connection samples[] = {
        {.by_mark = false},
        {.by_mark = true},
        {.local = IpPrefix::any(Family::V6), .remote = IpPrefix::any(Family::V6)},
        {.here = fake::address("2001:db8::1"), .peer = fake::address("2001:db8::2")},
        {.id = 0x1fff'ffff,
         .by_mark = true,
         .local = fake::prefix("10.1.0.0/16"),
         .remote = fake::prefix("10.2.0.0/24")},
    };
    for (const Connection& sample : samples)
        for (const auto& [key, spec] : sample.all()) {
            this->must(Verb::Create, spec);
            const auto policies = this->seen();
            ASSERT_EQ(policies.size(), 1);
            EXPECT_EQ(policies[0].key, key);
            EXPECT_EQ(policies[0].protect, spec.protect);
            EXPECT_TRUE(policies[0].ours);
            EXPECT_FALSE(policies[0].drifted);
            this->must(Verb::Delete, spec);
        }
}

TYPED_TEST(XfrmContract, CreatingWhatStandsThereIsRefusedByTheKernelAndASuccessHere)
{
    const auto spec = Connection{}.out();
    this->must(Verb::Create, spec);
    netlink::Message message;
    encode_create(spec, message);
    const auto again = this->socket->request(message, "install it");
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().kind, Kind::Exists);
    EXPECT_THAT(again.error().what, HasSubstr("install it: File exists"));
    this->must(Verb::Create, spec);
}

TYPED_TEST(XfrmContract, CreatingOverOneOfOursThatDiffersUpdatesIt)
{
    Connection connection;
    this->must(Verb::Create, connection.out());
    connection.peer = fake::address("198.51.100.99");
    this->must(Verb::Create, connection.out());
    EXPECT_EQ(this->seen().at(0).protect, connection.out().protect);
}

TYPED_TEST(XfrmContract, APolicyOfSomebodyElseIsNeverReplaced)
{
    const auto spec = Connection{}.out();
    ASSERT_TRUE(this->write(spec, [](auto& info) { info.priority = 1000; }));
    const auto done = apply(*this->socket, Op<PolicySpec>{Verb::Create, spec, {}});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, Kind::Foreign);
    EXPECT_THAT(done.error().what, HasSubstr("an allow policy with priority 1000"));
    const auto policies = this->seen();
    ASSERT_EQ(policies.size(), 1);
    EXPECT_FALSE(policies[0].ours);
    EXPECT_EQ(policies[0].priority, 1000);
}

TYPED_TEST(XfrmContract, DeletingWhatIsGoneIsRefusedByTheKernelAndASuccessHere)
{
    const auto spec = Connection{}.out();
    netlink::Message message;
    encode_delete(spec.key, message);
    const auto gone = this->socket->request(message, "delete it");
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().kind, Kind::NotFound);
    this->must(Verb::Delete, spec);
}

TYPED_TEST(XfrmContract, AnUpdateInPlaceKeepsTheIndex)
{
    Connection connection;
    this->must(Verb::Create, connection.out());
    const auto before = this->seen().at(0);
    connection.peer = fake::address("198.51.100.99");
    this->must(Verb::Update, connection.out());
    const auto after = this->seen().at(0);
    EXPECT_EQ(after.index, before.index);
    EXPECT_EQ(after.protect->destination, connection.peer);
}

TYPED_TEST(XfrmContract, ABlockTwinStandsBesideItsProtectPolicyAndOutlivesIt)
{
    for (const bool by_mark : {false, true}) {
        const Connection connection{.by_mark = by_mark};
        this->must(Verb::Create, connection.block());
        this->must(Verb::Create, connection.out());
        EXPECT_EQ(this->seen().size(), 2);
        this->must(Verb::Delete, connection.out());
        const auto left = this->seen();
        ASSERT_EQ(left.size(), 1);
        EXPECT_EQ(left[0].key, connection.block().key);
        EXPECT_EQ(left[0].action, Action::Block);
        EXPECT_TRUE(left[0].ours);
        this->must(Verb::Delete, connection.block());
    }
}

TYPED_TEST(XfrmContract, AHandEditIsSeenAsDrift)
{
    const auto spec = Connection{}.out();
    const std::function<void(xfrm_userpolicy_info&)> edits[] = {
        [](auto& info) { info.action = XFRM_POLICY_BLOCK; },
        [](auto& info) { info.flags = XFRM_POLICY_LOCALOK; },
        [](auto& info) { info.lft.hard_byte_limit = 1000; },
    };
    for (const auto& edit : edits) {
        ASSERT_TRUE(this->write(spec, edit));
        const auto edited = this->seen().at(0);
        EXPECT_TRUE(edited.ours);
        EXPECT_TRUE(edited.drifted);
        this->must(Verb::Update, spec);
        EXPECT_FALSE(this->seen().at(0).drifted);
    }
}

TYPED_TEST(XfrmContract, PoliciesThatCannotStandInOurPlaceAreNotSeen)
{
    Connection stranger{.id = 7};
    ASSERT_TRUE(this->write(stranger.out(), [](auto&) {}));
    ASSERT_TRUE(this->write(Connection{}.out(), [](auto& info) { info.sel.dport_mask = 0xff; }));
    ASSERT_TRUE(this->write(Connection{}.out(), [](auto& info) { info.sel.user = 1000; }));
    EXPECT_TRUE(this->seen().empty());
}

TYPED_TEST(XfrmContract, PlainPoliciesOfEveryRoleAndServiceStandSideBySide)
{
    const Connection pair{.local = fake::prefix("10.1.0.0/16"), .remote = fake::prefix("10.2.0.0/24")};
    std::map<PolicyKey, PolicySpec> want;
    for (const auto role : {Role::Protect, Role::Block, Role::Bypass})
        for (const std::uint16_t port : {std::uint16_t{0}, std::uint16_t{443}}) {
            auto spec = pair.policy(Direction::Out, role);
            spec.key.if_id = {};
            spec.key.protocol = port == 0 ? 0 : 6;
            spec.key.destination_port = port;
            want.emplace(spec.key, spec);
        }
    for (const auto& [key, spec] : want) this->must(Verb::Create, spec);
    const auto seen = this->seen();
    EXPECT_EQ(seen.size(), want.size());
    EXPECT_TRUE(plan(want, seen).ops.empty());
    for (const auto& op : plan({}, seen).ops) this->must(op.verb, op.spec);
    EXPECT_TRUE(this->seen().empty());
}

TYPED_TEST(XfrmContract, RefreshLooksAtTheNamedKeysOnly)
{
    const Connection one{.id = 0x1000'0001}, two{.id = 0x1000'0002};
    this->must(Verb::Create, one.out());
    this->must(Verb::Create, two.out());
    auto policies = this->seen();
    this->must(Verb::Delete, one.out());
    this->must(Verb::Create, one.block());
    this->must(Verb::Delete, two.out());
    const PolicyKey keys[] = {one.out().key, one.block().key, one.block().key};
    ASSERT_TRUE(refresh_policies(*this->socket, policies, keys));
    ASSERT_EQ(policies.size(), 2);
    EXPECT_EQ(find(policies, one.out().key), nullptr);
    EXPECT_NE(find(policies, one.block().key), nullptr);
    EXPECT_NE(find(policies, two.out().key), nullptr) << "not named, so not looked at";
}

TYPED_TEST(XfrmContract, ABatchTellsTheOutcomeOfEach)
{
    std::vector<Op<PolicySpec>> ops;
    for (std::uint32_t i = 0; i < 1000; ++i) ops.push_back({Verb::Create, Connection{.id = 0x1000'0000 + i}.out(), {}});
    for (const std::size_t bad : {0, 117, 500, 999}) ops[bad].spec.key.source.length = 33;
    const auto outcomes = apply_all(*this->socket, ops);
    ASSERT_EQ(outcomes.size(), ops.size());
    for (std::size_t i = 0; i < ops.size(); ++i) {
        const bool bad = ops[i].spec.key.source.length == 33;
        ASSERT_EQ(outcomes[i].has_value(), !bad) << i;
        if (!bad) continue;
        EXPECT_THAT(outcomes[i].error().what, HasSubstr("install policy out 0.0.0.0/33 -> 0.0.0.0/0 if_id"));
        EXPECT_EQ(outcomes[i].error().sys, EINVAL);
    }
    EXPECT_EQ(this->seen().size(), 996);
}

TYPED_TEST(XfrmContract, APlanThatWasAppliedLeavesNothingToDo)
{
    std::mt19937 random{20'26};
    for (int round = 0; round < 50; ++round) {
        std::map<PolicyKey, PolicySpec> want;
        for (int i = 0; i < 4; ++i) want.merge(fake::any_connection(random).all());
        const auto steps = plan(want, this->seen());
        for (const auto& done : apply_all(*this->socket, steps.ops)) ASSERT_TRUE(done) << done.error().what;
        EXPECT_EQ(plan(want, this->seen()), Plan<PolicySpec>{});
    }
}

TYPED_TEST(XfrmContract, OurStatesAreSeenByReqidAndDeletedOneByOne)
{
    const auto here = fake::address("203.0.113.10"), peer = fake::address("198.51.100.7");
    const ObservedState ours{
        .key = {peer, Spi{0xc000'0001}}, .source = here, .reqid = {0x1234'abcd}, .mark = {0x1234'abcd}};
    const ObservedState back{
        .key = {here, Spi{0xc000'0002}}, .source = peer, .reqid = {0x1234'abcd}, .if_id = {0x1234'abcd}};
    const ObservedState theirs{.key = {peer, Spi{0xc000'0003}}, .source = here, .reqid = {7}};
    netlink::Message message;
    for (const auto& state : {ours, back, theirs}) {
        fake::encode_state(state, "a key of thirty-two bytes, no less", message);
        const auto written = this->socket->request(message, "install an SA");
        if (!written && written.error().kind == Kind::Unsupported) GTEST_SKIP() << "needs ESP";
        ASSERT_TRUE(written) << written.error().what;
    }
    const auto seen = [&] {
        auto states = observe_states(*this->socket).value();
        for (auto& state : states) state.added = 0;
        return states;
    };
    EXPECT_EQ(seen(), (std::vector{ours, back}));
    ASSERT_TRUE(delete_state(*this->socket, ours));
    ASSERT_TRUE(delete_state(*this->socket, ours)) << "gone is what it should be";
    EXPECT_EQ(seen(), (std::vector{back}));
    ASSERT_TRUE(delete_state(*this->socket, back));
    EXPECT_TRUE(seen().empty());
}

TYPED_TEST(XfrmContract, ARankMovesWhenAnSaWasAddedAndNothingElse)
{
    const auto here = fake::address("203.0.113.10"), peer = fake::address("198.51.100.7");
    ObservedState sa{.key = {peer, Spi{0xc000'0001}},
                     .source = here,
                     .reqid = {0x1234'abcd},
                     .if_id = {0x1234'abcd},
                     .mark = {0x1234'abcd},
                     .soft_expiry = 2400};
    netlink::Message message;
    fake::encode_state(sa, "a key of thirty-two bytes, no less", message);
    const auto written = this->socket->request(message, "install an SA");
    if (!written && written.error().kind == Kind::Unsupported) GTEST_SKIP() << "needs ESP";
    ASSERT_TRUE(written) << written.error().what;
    const auto seen = [&] { return observe_states(*this->socket).value().at(0); };
    const auto before = seen();
    EXPECT_EQ(before.rank, Rank::Plain);
    for (const auto rank : {Rank::First, Rank::Last, Rank::First}) {
        ASSERT_TRUE(rank_state(*this->socket, sa, rank));
        auto after = seen();
        EXPECT_EQ(after.rank, rank);
        EXPECT_EQ(after.added, rank == Rank::First ? before.soft_expiry - 1 : 1);
        after.added = before.added;
        after.rank = before.rank;
        EXPECT_EQ(after, before) << "the moment of renewal included";
    }
    ASSERT_TRUE(delete_state(*this->socket, sa));
    EXPECT_TRUE(rank_state(*this->socket, sa, Rank::First)) << "one that is gone needs none";
}

TYPED_TEST(XfrmContract, StaticSasAreInstalledOnceAndGoOnCounting)
{
    const auto out = fake::static_state(0xc000'0001, true), in = fake::static_state(0xc000'0002, false);
    std::map<StateKey, StateSpec> want{{out.key, out}, {in.key, in}};
    const auto converge = [&](const KnownCounters& known) {
        std::vector<Verb> verbs;
        for (const auto& op : plan_static(want, observe_states(*this->socket).value(), known).ops) {
            const auto done = apply(*this->socket, op);
            if (!done && (done.error().kind == Kind::Unsupported || done.error().sys == ENOSYS)) // no ESP, or no GCM
                return std::optional<std::vector<Verb>>{};
            EXPECT_TRUE(done) << done.error().what;
            verbs.push_back(op.verb);
        }
        EXPECT_TRUE(plan_static(want, observe_states(*this->socket).value(), known).ops.empty());
        return std::optional{verbs};
    };
    const auto first = converge({{out.key, {.sent = 1000}}, {in.key, {.received = 70}}});
    if (!first) GTEST_SKIP() << "needs ESP";
    EXPECT_EQ(*first, (std::vector{Verb::Create, Verb::Create}));
    const auto states = observe_states(*this->socket).value();
    ASSERT_EQ(states.size(), 2);
    for (const auto& state : states)
        EXPECT_EQ(state.key == out.key ? state.sent : state.received, state.key == out.key ? 1000 : 70);

    want.at(out.key).replay_window = 64;
    EXPECT_EQ(*converge({}), (std::vector{Verb::Replace}));
    want.clear();
    EXPECT_EQ(*converge({}), (std::vector{Verb::Delete, Verb::Delete}));
}

TYPED_TEST(XfrmContract, AStaticSaWhosePlaceIsTakenIsRefused)
{
    auto spec = fake::static_state(0xc000'0001, true);
    const ObservedState theirs{.key = spec.key, .source = spec.source, .reqid = {7}, .mark = spec.mark};
    netlink::Message message;
    fake::encode_state(theirs, "a key of thirty-two bytes, no less", message);
    if (const auto written = this->socket->request(message, "install an SA"); !written) GTEST_SKIP() << "needs ESP";
    const auto refused = apply(*this->socket, Op<StateSpec>{Verb::Create, spec, {}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, Kind::Foreign);
    spec.key.spi = {0xc000'0009};
    spec.sequence = 0xffff'ffff;
    const auto used_up = apply(*this->socket, Op<StateSpec>{Verb::Create, spec, {}});
    ASSERT_FALSE(used_up);
    EXPECT_EQ(used_up.error().kind, Kind::Config);
}

} // namespace

} // namespace linkspan::xfrm
