#include "netlink/socket.h"
#include "tests/fake/xfrm_samples.h"
#include "tests/netns/own_namespace.h"
#include "xfrm/apply.h"
#include "xfrm/observe.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string_view>

namespace linkspan::xfrm {

namespace {

using fake::Connection;

/// What became of a packet.
enum class Fate {
    Clear,   ///< on the wire as it was
    Blocked, ///< refused with EPERM
    Held,    ///< kept from the wire otherwise: it is to be protected, and there is no SA
};

/// A namespace with a wire in it, and packets with a mark for the far side of the tunnel.
class XfrmTwin : public testing::TestWithParam<Family> {
protected:
    void SetUp() override
    {
        if (const auto missing = test::enter_own_namespace(); !missing.empty()) GTEST_SKIP() << "needs " << missing;
        const char* wire = "ip link add w0 type veth peer name w1 && ip link set w0 up && ip link set w1 up &&"
                           "ip addr add 10.1.0.1/16 dev w0 && ip addr add fd01::1/64 dev w0 nodad &&"
                           "ip route add 10.2.0.0/16 dev w0 && ip route add fd02::/64 dev w0 &&"
                           "ip neigh add 10.2.0.5 lladdr 02:00:00:00:00:05 dev w0 &&"
                           "ip neigh add fd02::5 lladdr 02:00:00:00:00:05 dev w0";
        if (std::system(wire) != 0) GTEST_SKIP() << "needs a veth pair";
        auto opened = netlink::Socket::open(NETLINK_XFRM);
        ASSERT_TRUE(opened) << opened.error().what;
        socket.emplace(std::move(*opened));
        connection.local = connection.remote = IpPrefix::any(GetParam());
        open_capture();
    }

    /// Sees what is sent on w0, before sendto() returns.
    void open_capture()
    {
        capture = Fd{::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(ETH_P_ALL))};
        sockaddr_ll wire{};
        wire.sll_family = AF_PACKET;
        wire.sll_protocol = htons(ETH_P_ALL);
        wire.sll_ifindex = static_cast<int>(::if_nametoindex("w0"));
        ASSERT_EQ(::bind(capture.get(), reinterpret_cast<const sockaddr*>(&wire), sizeof wire), 0);
    }

    [[nodiscard]] bool on_the_wire(std::string_view payload) const
    {
        std::array<char, 2048> frame{};
        bool seen = false;
        for (ssize_t size = 0; (size = ::recv(capture.get(), frame.data(), frame.size(), 0)) >= 0;)
            seen |= std::string_view{frame.data(), static_cast<std::size_t>(size)}.contains(payload);
        return seen;
    }

    void must(Verb verb, const PolicySpec& spec)
    {
        const auto done = apply(*socket, Op<PolicySpec>{verb, spec, {}});
        ASSERT_TRUE(done) << done.error().what;
    }

    [[nodiscard]] Fate send(std::uint32_t mark) const
    {
        constexpr std::string_view payload = "a packet for the far side";
        const IpAddress to = fake::address(GetParam() == Family::V4 ? "10.2.0.5" : "fd02::5");
        const Fd fd{::socket(address_family(to.family), SOCK_DGRAM | SOCK_CLOEXEC, 0)};
        EXPECT_EQ(::setsockopt(fd.get(), SOL_SOCKET, SO_MARK, &mark, sizeof mark), 0);
        sockaddr_in to4{.sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {}, .sin_zero = {}};
        sockaddr_in6 to6{};
        to6.sin6_family = AF_INET6;
        to6.sin6_port = htons(9);
        std::memcpy(&to4.sin_addr, to.bytes.data(), sizeof to4.sin_addr);
        std::memcpy(&to6.sin6_addr, to.bytes.data(), sizeof to6.sin6_addr);
        const bool v4 = to.family == Family::V4;
        const auto* peer = v4 ? reinterpret_cast<const sockaddr*>(&to4) : reinterpret_cast<const sockaddr*>(&to6);
        const ssize_t sent = ::sendto(fd.get(), payload.data(), payload.size(), MSG_DONTWAIT, peer,
                                      static_cast<socklen_t>(v4 ? sizeof to4 : sizeof to6));
        if (sent < 0 && errno == EPERM) return Fate::Blocked;
        return on_the_wire(payload) ? Fate::Clear : Fate::Held;
    }

    Connection connection{.by_mark = true};
    std::optional<netlink::Socket> socket;
    Fd capture;
};

TEST_P(XfrmTwin, TakesOverTheMomentItsProtectPolicyIsGone)
{
    const auto mark = connection.id;
    EXPECT_EQ(send(mark), Fate::Clear) << "there is no policy";
    must(Verb::Create, connection.block());
    EXPECT_EQ(send(mark), Fate::Blocked);
    EXPECT_EQ(send(mark + 1), Fate::Clear) << "another mark";
    must(Verb::Create, connection.out());
    EXPECT_EQ(send(mark), Fate::Held) << "the protect policy is found first";
    must(Verb::Delete, connection.out());
    EXPECT_EQ(send(mark), Fate::Blocked);
    must(Verb::Delete, connection.block());
    EXPECT_EQ(send(mark), Fate::Clear);
}

TEST_P(XfrmTwin, LosesToItsProtectPolicyInWhateverOrderTheyCame)
{
    must(Verb::Create, connection.out());
    must(Verb::Create, connection.block());
    EXPECT_EQ(send(connection.id), Fate::Held);
    connection.peer = fake::address("198.51.100.99");
    must(Verb::Update, connection.out());
    EXPECT_EQ(send(connection.id), Fate::Held);
    must(Verb::Update, connection.block());
    EXPECT_EQ(send(connection.id), Fate::Held);
}

TEST_P(XfrmTwin, OfPlainPoliciesTheNarrowerWinsInWhateverOrderTheyCame)
{
    const bool v4 = GetParam() == Family::V4;
    connection.id = 0;
    auto narrow = connection, narrower = connection;
    narrow.remote = fake::prefix(v4 ? "10.2.0.0/16" : "fd02::/64");
    narrower.remote = fake::prefix(v4 ? "10.2.0.5/32" : "fd02::5/128");
    const auto bypass = narrow.policy(Direction::Out, Role::Bypass);
    must(Verb::Create, bypass);
    must(Verb::Create, connection.block());
    must(Verb::Create, connection.out());
    EXPECT_EQ(send(0), Fate::Clear) << "a bypass is narrower than everything";
    must(Verb::Create, narrower.out());
    EXPECT_EQ(send(0), Fate::Held) << "and another connection's host narrower than the bypass";
    must(Verb::Delete, bypass);
    must(Verb::Delete, narrower.out());
    must(Verb::Create, narrower.out());
    must(Verb::Create, bypass);
    EXPECT_EQ(send(0), Fate::Held);
    must(Verb::Delete, narrower.out());
    EXPECT_EQ(send(0), Fate::Clear);
}

INSTANTIATE_TEST_SUITE_P(Families, XfrmTwin, testing::Values(Family::V4, Family::V6),
                         [](const auto& family) { return family.param == Family::V4 ? "V4" : "V6"; });

} // namespace

} // namespace linkspan::xfrm
