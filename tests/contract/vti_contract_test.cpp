#include "netlink/socket.h"
#include "tests/fake/rtnetlink.h"
#include "tests/netns/own_namespace.h"
#include "vti/apply.h"
#include "vti/codec.h"
#include "vti/observe.h"
#include "vti/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::vti {
namespace {

using testing::HasSubstr;

IpAddress ip(std::string_view text)
{
    return IpAddress::parse(text).value();
}

struct FakeKernel {
    fake::Rtnetlink kernel = {};
    std::string missing() { return {}; }
    Result<netlink::Socket> open() { return netlink::Socket::over(kernel.dial()); }
};

struct RunningKernel {
    /// In a fresh namespace, so what it tries it leaves behind.
    std::string missing()
    {
        if (auto missing = test::enter_own_namespace(); !missing.empty()) return missing;
        auto socket = open();
        const std::pair<Spec, std::string> needs[] = {
            {{.name = {"t0"}, .kind = LinkKind::Vti, .local = ip("192.0.2.9"), .remote = ip("192.0.2.8"), .mtu = 1400},
             "ip_vti"},
            {{.name = {"t1"},
              .kind = LinkKind::Vti6,
              .local = ip("2001:db8::9"),
              .remote = ip("2001:db8::8"),
              .mtu = 1400},
             "ip6_vti"},
            {{.name = {"t2"}, .kind = LinkKind::Xfrm, .if_id = {9}, .mtu = 1400}, "xfrm_interface"},
        };
        for (const auto& [spec, module] : needs) {
            netlink::Message message;
            encode_create(message, spec);
            const auto made = socket->request(message, "probe");
            if (!made && made.error().kind == Kind::Unsupported) return module;
            encode_delete(message, spec.name);
            (void)socket->request(message, "probe");
        }
        return {};
    }
    Result<netlink::Socket> open() { return netlink::Socket::open(NETLINK_ROUTE); }
};

template <typename Backend>
class VtiContract : public testing::Test {
protected:
    void SetUp() override
    {
        if (const auto missing = backend.missing(); !missing.empty()) GTEST_SKIP() << "needs " << missing;
        socket.emplace(backend.open().value());
    }

    Observed seen()
    {
        auto observed = observe(*socket);
        EXPECT_TRUE(observed) << observed.error().what;
        return observed ? *observed : Observed{};
    }
    Spec seen(const Spec& spec) { return seen().at(spec.name).tunnel.value(); }
    void must(Verb verb, const Spec& spec)
    {
        const auto done = apply(*socket, Op<Spec>{verb, spec, {}});
        ASSERT_TRUE(done) << done.error().what;
    }
    template <typename Encode>
    void write(Encode&& encode)
    {
        netlink::Message message;
        encode(message);
        const auto done = socket->request(message, "write");
        ASSERT_TRUE(done) << done.error().what;
    }

    Spec vti{.name = {"ls-a"},
             .connection = {"a"},
             .kind = LinkKind::Vti,
             .local = ip("203.0.113.10"),
             .remote = ip("198.51.100.7"),
             .key = {0x1a2b3c4d},
             .mtu = 1422};
    Spec vti6{.name = {"ls-b"},
              .connection = {"b"},
              .kind = LinkKind::Vti6,
              .local = ip("2001:db8::1"),
              .remote = ip("2001:db8::2"),
              .key = {0x10000001},
              .mtu = 1400};
    Spec xfrm{.name = {"ls-c"},
              .connection = {"c, with a long name"},
              .kind = LinkKind::Xfrm,
              .if_id = {0x1fffffff},
              .mtu = 1438};

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
TYPED_TEST_SUITE(VtiContract, Backends, Name);

TYPED_TEST(VtiContract, WhatIsCreatedIsReadBackWithNothingWrong)
{
    for (const auto& spec : {this->vti, this->vti6, this->xfrm}) {
        this->must(Verb::Create, spec);
        EXPECT_EQ(this->seen(spec), spec) << spec.name.value;
    }
    const auto all = this->seen();
    EXPECT_TRUE(all.at(this->xfrm.name).ours);
    EXPECT_TRUE(all.at(this->xfrm.name).up);
    EXPECT_EQ(all.at(this->xfrm.name).kind, "xfrm");
}

TYPED_TEST(VtiContract, ALinkIsOursFromItsFirstMessage)
{
    this->write([&](auto& m) { encode_create(m, this->xfrm); });
    const auto link = this->seen().at(this->xfrm.name);
    EXPECT_TRUE(link.ours);
    EXPECT_EQ(link.tunnel->connection, ConnectionName{});
    EXPECT_TRUE(link.tunnel->faults.down);
    EXPECT_TRUE(link.tunnel->faults.sysctls);
    this->must(Verb::Update, this->xfrm);
    EXPECT_EQ(this->seen(this->xfrm), this->xfrm);
}

TYPED_TEST(VtiContract, CreatingTheSameAgainIsASuccessAndPutsItRight)
{
    this->must(Verb::Create, this->vti);
    auto other = this->vti;
    other.mtu = 1300;
    this->must(Verb::Create, other);
    EXPECT_EQ(this->seen(other), other);
}

TYPED_TEST(VtiContract, AnotherLinkOfTheNameIsForeign)
{
    this->must(Verb::Create, this->vti);
    auto other = this->xfrm;
    other.name = this->vti.name;
    const auto done = apply(*this->socket, Op<Spec>{Verb::Create, other, {}});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, Kind::Foreign);
    EXPECT_EQ(this->seen(this->vti), this->vti);
}

TYPED_TEST(VtiContract, OneIfIdAndOnePairOfEndpointsExistOnce)
{
    for (auto spec : {this->vti, this->vti6, this->xfrm}) {
        this->must(Verb::Create, spec);
        spec.name = {"ls-twin"};
        spec.key = {spec.key.value + 1};
        const auto done = apply(*this->socket, Op<Spec>{Verb::Create, spec, {}});
        ASSERT_FALSE(done) << static_cast<int>(spec.kind);
        EXPECT_EQ(done.error().kind, Kind::Foreign);
        EXPECT_THAT(done.error().what, HasSubstr("create link ls-twin: File exists"));
    }
}

TYPED_TEST(VtiContract, TwoLinksTradeTheirEndpointsInOneRound)
{
    auto a = this->xfrm, b = this->xfrm;
    b.name = {"ls-d"};
    b.if_id = {0x10000002};
    const Op<Spec> first[] = {{Verb::Create, a, {}}, {Verb::Create, b, {}}};
    for (const auto& done : apply_all(*this->socket, first)) ASSERT_TRUE(done) << done.error().what;
    std::swap(a.if_id, b.if_id);
    const auto trade = plan({{a.name, a}, {b.name, b}}, this->seen());
    for (const auto& done : apply_all(*this->socket, trade.ops)) ASSERT_TRUE(done) << done.error().what;
    EXPECT_EQ(this->seen(a), a);
    EXPECT_EQ(this->seen(b), b);
}

TYPED_TEST(VtiContract, EveryFaultIsSeenAndUndone)
{
    for (const auto& spec : {this->vti, this->vti6, this->xfrm}) {
        this->must(Verb::Create, spec);
        this->write([&](auto& m) {
            encode_up(m, spec.name);
            static_cast<ifinfomsg*>(NLMSG_DATA(&m.header()))->ifi_flags = 0;
        });
        EXPECT_EQ(this->seen(spec).faults, (Faults{.down = true}));
        this->write([&](auto& m) {
            encode_up(m, spec.name);
            m.pod(IFLA_GROUP, std::uint32_t{7}).pod(IFLA_MTU, std::uint32_t{1280});
        });
        EXPECT_EQ(this->seen(spec).faults, (Faults{.group = true}));
        EXPECT_EQ(this->seen(spec).mtu, 1280);
        this->must(Verb::Update, spec);
        EXPECT_EQ(this->seen(spec), spec);
        this->write([&](auto& m) {
            encode_up(m, spec.name);
            m.nest(IFLA_AF_SPEC, [](auto& families) {
                families.nest(AF_INET6, [](auto& inet6) { inet6.pod(IFLA_INET6_ADDR_GEN_MODE, std::uint8_t{0}); });
            });
        });
        EXPECT_EQ(this->seen(spec).faults, (Faults{.sysctls = true}));
        this->must(Verb::Update, spec);
        EXPECT_EQ(this->seen(spec), spec);
    }
}

TYPED_TEST(VtiContract, DeletingWhatIsGoneIsASuccess)
{
    this->must(Verb::Create, this->vti);
    this->must(Verb::Delete, this->vti);
    EXPECT_FALSE(this->seen().contains(this->vti.name));
    this->must(Verb::Delete, this->vti);
}

TYPED_TEST(VtiContract, RefreshReadsTheNamedLinksOnly)
{
    this->must(Verb::Create, this->vti);
    this->must(Verb::Create, this->xfrm);
    auto observed = this->seen();
    this->must(Verb::Delete, this->vti);
    this->must(Verb::Delete, this->xfrm);
    this->must(Verb::Create, this->vti6);
    const LinkName names[] = {this->vti.name, this->vti6.name};
    ASSERT_TRUE(refresh(*this->socket, observed, names));
    EXPECT_FALSE(observed.contains(this->vti.name));
    EXPECT_TRUE(observed.contains(this->xfrm.name));
    EXPECT_EQ(observed.at(this->vti6.name).tunnel, this->vti6);
}

} // namespace
} // namespace linkspan::vti
