#include "netlink/socket.h"
#include "route/apply.h"
#include "route/codec.h"
#include "route/observe.h"
#include "route/plan.h"
#include "tests/fake/rtnetlink.h"
#include "tests/netns/own_namespace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/veth.h>

namespace linkspan::route {
namespace {

using netlink::LinkNames;
using testing::ElementsAre;
using testing::HasSubstr;

IpAddress ip(std::string_view text)
{
    return IpAddress::parse(text).value();
}
IpPrefix net(std::string_view text)
{
    return IpPrefix::parse(text).value();
}

/// Both have the links v0 and v1, up.
struct FakeKernel {
    fake::Rtnetlink kernel = {};
    std::string missing()
    {
        kernel.add_foreign("v0");
        kernel.add_foreign("v1");
        return {};
    }
    Result<netlink::Socket> open() { return netlink::Socket::over(kernel.dial()); }
    LinkNames names()
    {
        const auto index_of = [this](const LinkName& name) -> Result<IfIndex> {
            const auto* link = kernel.links.find(name.value);
            if (!link) return sys_error(ENODEV, "link " + name.value);
            return IfIndex{link->index};
        };
        const auto name_of = [this](IfIndex index) -> Result<LinkName> {
            const auto* link = kernel.links.find(index.value);
            if (!link) return sys_error(ENXIO, "link");
            return LinkName{link->name};
        };
        return LinkNames{{index_of, name_of}};
    }
};

struct RunningKernel {
    std::string missing()
    {
        if (auto missing = test::enter_own_namespace(); !missing.empty()) return missing;
        auto socket = open();
        netlink::Message pair{RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL};
        name(pair, "v0");
        pair.nest(IFLA_LINKINFO, [](auto& info) {
            info.text(IFLA_INFO_KIND, "veth");
            info.nest(IFLA_INFO_DATA,
                      [](auto& data) { data.nest(VETH_INFO_PEER, [](auto& peer) { name(peer, "v1"); }); });
        });
        const auto made = socket->request(pair, "make veth");
        EXPECT_TRUE(made || made.error().kind == Kind::Unsupported) << made.error().what;
        return made ? "" : "veth";
    }
    static ifinfomsg& name(netlink::Message& m, std::string_view name)
    {
        auto& body = m.body<ifinfomsg>();
        m.text(IFLA_IFNAME, name);
        return body;
    }
    Result<netlink::Socket> open() { return netlink::Socket::open(NETLINK_ROUTE); }
    LinkNames names() { return LinkNames::of_kernel(); }
};

template <typename Backend>
class RouteContract : public testing::Test {
protected:
    void SetUp() override
    {
        if (const auto missing = backend.missing(); !missing.empty()) GTEST_SKIP() << "needs " << missing;
        socket.emplace(backend.open().value());
        set_link({"v0"}, true);
        set_link({"v1"}, true);
    }

    Observed seen()
    {
        auto observed = observe(*socket, backend.names());
        EXPECT_TRUE(observed) << observed.error().what;
        return observed ? *observed : Observed{};
    }
    template <typename Spec>
    Result<> step(Verb verb, const Spec& spec)
    {
        const Op<Spec> op{verb, spec, {}};
        return apply_all(*socket, std::span{&op, 1}, backend.names()).front();
    }
    template <typename Spec>
    void must(Verb verb, const Spec& spec)
    {
        const auto done = step(verb, spec);
        ASSERT_TRUE(done) << done.error().what;
    }
    IfIndex index(const LinkName& link) { return backend.names().index_of(link).value(); }
    /// Writes as somebody else would: by another protocol.
    void write_foreign(const RouteSpec& spec)
    {
        netlink::Message message;
        encode_put(message, spec, spec.link.value.empty() ? IfIndex{} : index(spec.link), false);
        static_cast<rtmsg*>(NLMSG_DATA(&message.header()))->rtm_protocol = RTPROT_STATIC;
        ASSERT_TRUE(socket->request(message, "write"));
    }
    void set_link(const LinkName& link, bool up)
    {
        netlink::Message message{RTM_SETLINK, 0};
        auto& body = message.body<ifinfomsg>();
        body.ifi_flags = up ? IFF_UP : 0;
        body.ifi_change = IFF_UP;
        message.text(IFLA_IFNAME, link.value);
        ASSERT_TRUE(socket->request(message, "set link"));
    }

    AddressSpec inside{.link = {"v0"}, .address = {ip("169.254.21.2"), 30}};
    AddressSpec inside6{.link = {"v0"}, .address = {ip("fd00::2"), 126}};
    RouteSpec tunnel{.destination = net("10.20.0.0/16"), .metric = 0, .link = {"v0"}};
    RouteSpec fallback{.destination = net("10.20.0.0/16"), .metric = 1, .type = RouteType::Unreachable};
    RouteSpec tunnel6{.destination = net("2001:db8:20::/48"), .metric = 1, .link = {"v0"}};
    RouteSpec fallback6{.destination = net("2001:db8:20::/48"), .metric = 2, .type = RouteType::Unreachable};

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
TYPED_TEST_SUITE(RouteContract, Backends, Name);

TYPED_TEST(RouteContract, WhatIsWrittenIsReadBack)
{
    this->must(Verb::Create, this->inside);
    this->must(Verb::Create, this->inside6);
    RouteSpec peer{.destination = net("198.51.100.7/32"),
                   .link = {"v0"},
                   .gateway = ip("169.254.21.1"),
                   .source = ip("169.254.21.2")};
    RouteSpec peer6{.destination = net("2001:db8:9::7/128"), .metric = 1, .link = {"v0"}, .gateway = ip("fd00::1")};
    const RouteSpec all[] = {this->tunnel, this->fallback, this->tunnel6, this->fallback6, peer, peer6};
    for (const auto& spec : all) this->must(Verb::Create, spec);
    const auto observed = this->seen();
    EXPECT_THAT(observed.own_addresses, ElementsAre(this->inside, this->inside6));
    ASSERT_EQ(observed.own_routes.size(), std::size(all));
    for (const auto& spec : all) EXPECT_EQ(observed.own_routes.at(key_of(spec)), spec);
}

TYPED_TEST(RouteContract, WhatIsThereIsCreatedAndWhatIsGoneIsDeleted)
{
    for (int twice = 0; twice < 2; ++twice) {
        this->must(Verb::Create, this->inside);
        this->must(Verb::Create, this->inside6);
        for (const auto& spec : {this->tunnel, this->fallback, this->tunnel6, this->fallback6})
            this->must(Verb::Create, spec);
    }
    for (int twice = 0; twice < 2; ++twice) {
        for (const auto& spec : {this->tunnel, this->fallback, this->tunnel6, this->fallback6})
            this->must(Verb::Delete, spec);
        this->must(Verb::Delete, this->inside);
        this->must(Verb::Delete, this->inside6);
    }
    const auto observed = this->seen();
    EXPECT_TRUE(observed.own_addresses.empty());
    EXPECT_TRUE(observed.own_routes.empty());
}

/// Metric 0 in a deletion fits every IPv4 route: the fallback must survive a second deletion of its tunnel route.
TYPED_TEST(RouteContract, DeletingARouteTwiceLeavesItsFallback)
{
    for (const auto& spec : {this->tunnel, this->fallback, this->tunnel6, this->fallback6})
        this->must(Verb::Create, spec);
    for (int twice = 0; twice < 2; ++twice)
        for (const auto& spec : {this->tunnel, this->tunnel6}) this->must(Verb::Delete, spec);
    const auto observed = this->seen();
    EXPECT_TRUE(observed.own_routes.contains(key_of(this->fallback)));
    EXPECT_TRUE(observed.own_routes.contains(key_of(this->fallback6)));
    EXPECT_EQ(observed.own_routes.size(), 2);
}

TYPED_TEST(RouteContract, AnUpdateReplacesInPlace)
{
    this->must(Verb::Create, this->inside); // a namespace without any IPv4 address takes every gateway for invalid
    for (auto spec : {this->tunnel, this->tunnel6}) {
        this->must(Verb::Create, spec);
        spec.link = {"v1"};
        this->must(Verb::Update, spec);
        EXPECT_EQ(this->seen().own_routes.at(key_of(spec)), spec);
        spec.gateway = ip(spec.destination.family() == Family::V4 ? "192.0.2.1" : "2001:db8:1::1");
        this->must(Verb::Update, spec);
        EXPECT_EQ(this->seen().own_routes.at(key_of(spec)), spec);
        const RouteSpec wall{.destination = spec.destination, .metric = spec.metric, .type = RouteType::Unreachable};
        this->must(Verb::Update, wall);
        EXPECT_EQ(this->seen().own_routes.at(key_of(spec)), wall);
        this->must(Verb::Update, spec);
        EXPECT_EQ(this->seen().own_routes, (std::map<RouteKey, RouteSpec>{{key_of(spec), spec}}));
        this->must(Verb::Delete, spec);
    }
}

TYPED_TEST(RouteContract, ForeignRoutesAreSeenAndNotDeleted)
{
    for (const auto& spec : {this->tunnel, this->tunnel6}) {
        this->write_foreign(spec);
        this->must(Verb::Delete, spec);
        const auto refused = this->step(Verb::Create, spec);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().kind, Kind::Foreign);
        EXPECT_THAT(refused.error().what,
                    HasSubstr("create route " + spec.destination.text() + " dev v0: File exists"));
        const auto observed = this->seen();
        EXPECT_TRUE(observed.own_routes.empty());
        EXPECT_THAT(observed.foreign_routes,
                    testing::Contains(ForeignRoute{key_of(spec), RTN_UNICAST, RTPROT_STATIC, false, {"v0"}, {}}));
        EXPECT_EQ(plan(std::span{&spec, 1}, observed).conflicts.size(), 1);
    }
}

TYPED_TEST(RouteContract, AForeignAddressStays)
{
    for (const auto& spec : {this->inside, this->inside6}) {
        netlink::Message message;
        encode_create(message, spec, this->index({"v0"}));
        for (auto attribute : netlink::attributes_of(message.header(), sizeof(ifaddrmsg)))
            if (attribute.type == IFA_PROTO) const_cast<std::byte&>(attribute.payload[0]) = std::byte{0};
        ASSERT_TRUE(this->socket->request(message, "write"));
        const auto refused = this->step(Verb::Create, spec);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().kind, Kind::Foreign);
        const auto observed = this->seen();
        EXPECT_TRUE(observed.own_addresses.empty());
        const auto planned = plan(std::span{&spec, 1}, observed);
        EXPECT_TRUE(planned.ops.empty());
        EXPECT_EQ(planned.conflicts.size(), 1);
    }
}

TYPED_TEST(RouteContract, ALinkThatGoesDownTakesItsRoutesAndNotTheFallback)
{
    this->must(Verb::Create, this->inside);
    this->must(Verb::Create, this->inside6);
    for (const auto& spec : {this->tunnel, this->fallback, this->tunnel6, this->fallback6})
        this->must(Verb::Create, spec);
    this->set_link({"v0"}, false);
    const auto refused = this->step(Verb::Create, this->tunnel);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().sys, ENETDOWN);
    const auto down = this->seen();
    EXPECT_THAT(down.own_addresses, ElementsAre(this->inside));
    EXPECT_EQ(down.own_routes.size(), 2);
    EXPECT_TRUE(down.own_routes.contains(key_of(this->fallback)));
    this->set_link({"v0"}, true);

    const AddressSpec addresses[] = {this->inside, this->inside6};
    const RouteSpec routes[] = {this->tunnel, this->fallback, this->tunnel6, this->fallback6};
    const auto back = this->seen();
    const auto missing_addresses = plan(std::span{addresses}, back);
    const auto missing_routes = plan(std::span{routes}, back);
    for (const auto& op : missing_addresses.ops) this->must(op.verb, op.spec);
    for (const auto& op : missing_routes.ops) this->must(op.verb, op.spec);
    const auto healed = this->seen();
    EXPECT_TRUE(plan(std::span{addresses}, healed).ops.empty());
    EXPECT_TRUE(plan(std::span{routes}, healed).ops.empty());
}

TYPED_TEST(RouteContract, WithoutItsLinkNothingIsAddedAndNothingIsLeftToDelete)
{
    auto address = this->inside;
    auto route = this->tunnel;
    address.link = route.link = {"nowhere"};
    EXPECT_EQ(this->step(Verb::Create, address).error().kind, Kind::NotFound);
    EXPECT_EQ(this->step(Verb::Create, route).error().kind, Kind::NotFound);
    this->must(Verb::Delete, address);
    this->must(Verb::Delete, route);
}

TYPED_TEST(RouteContract, RefreshReadsWhatWasTouchedAndNothingElse)
{
    this->must(Verb::Create, this->inside);
    for (const auto& spec : {this->tunnel, this->fallback, this->tunnel6, this->fallback6})
        this->must(Verb::Create, spec);
    auto elsewhere = this->tunnel;
    elsewhere.destination = net("10.30.0.0/16");
    elsewhere.link = {"v1"};
    this->must(Verb::Create, elsewhere);
    auto observed = this->seen();
    for (const auto& spec : {this->tunnel, this->fallback, elsewhere}) this->must(Verb::Delete, spec);
    this->must(Verb::Delete, this->inside);

    const LinkName v0[] = {{"v0"}, {"nowhere"}};
    ASSERT_TRUE(refresh(*this->socket, observed, {.links = v0}, this->backend.names()));
    EXPECT_TRUE(observed.own_addresses.empty());
    EXPECT_FALSE(observed.own_routes.contains(key_of(this->tunnel)));
    EXPECT_TRUE(observed.own_routes.contains(key_of(this->fallback)));
    EXPECT_TRUE(observed.own_routes.contains(key_of(elsewhere)));
    this->must(Verb::Delete, this->fallback6);
    const RouteKey gone[] = {key_of(this->fallback)};
    ASSERT_TRUE(refresh(*this->socket, observed, {.fallbacks = gone}, this->backend.names()));
    EXPECT_FALSE(observed.own_routes.contains(key_of(this->fallback)));
    EXPECT_TRUE(observed.own_routes.contains(key_of(this->fallback6)));

    std::vector<LinkName> many;
    for (int i = 0; i < 20; ++i) many.push_back({"l" + std::to_string(i)});
    ASSERT_TRUE(refresh(*this->socket, observed, {.links = many}, this->backend.names()));
    const auto now = this->seen();
    EXPECT_EQ(observed.own_routes, now.own_routes);
    EXPECT_EQ(observed.own_addresses, now.own_addresses);
    EXPECT_EQ(observed.foreign_addresses, now.foreign_addresses);
}

TYPED_TEST(RouteContract, RoutesBesideTheMainTableAndTheRulesThatLeadThere)
{
    auto beside = this->tunnel, beside6 = this->tunnel6;
    beside.table = beside6.table = path_table(Path::Backup);
    for (const auto& spec : {this->tunnel, beside, beside6}) this->must(Verb::Create, spec);
    const RuleSpec rules[] = {{Family::V4, Path::Backup}, {Family::V6, Path::Backup}};
    for (const auto& rule : rules)
        for (int time = 0; time < 2; ++time) EXPECT_TRUE(apply(*this->socket, Op<RuleSpec>{Verb::Create, rule, {}}));
    auto observed = this->seen();
    EXPECT_THAT(observed.own_rules, ElementsAre(rules[0], rules[1]));
    EXPECT_EQ(observed.own_routes,
              (std::map<RouteKey, RouteSpec>{
                  {key_of(this->tunnel), this->tunnel}, {key_of(beside), beside}, {key_of(beside6), beside6}}));

    this->must(Verb::Delete, beside);
    for (int time = 0; time < 2; ++time) EXPECT_TRUE(apply(*this->socket, Op<RuleSpec>{Verb::Delete, rules[1], {}}));
    ASSERT_TRUE(refresh(*this->socket, observed, {}, this->backend.names()));
    EXPECT_EQ(observed.own_rules, this->seen().own_rules);
    EXPECT_EQ(observed.own_routes, this->seen().own_routes);
    EXPECT_THAT(observed.own_rules, ElementsAre(rules[0]));
    EXPECT_TRUE(observed.own_routes.contains(key_of(this->tunnel)));
    EXPECT_FALSE(observed.own_routes.contains(key_of(beside)));
}

} // namespace
} // namespace linkspan::route
