#include "netlink/socket.h"
#include "tests/fake/xfrm_samples.h"
#include "tests/netns/own_namespace.h"
#include "xfrm/apply.h"
#include "xfrm/observe.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdlib>
#include <fstream>
#include <optional>

namespace linkspan::xfrm {

namespace {

using fake::Connection;

/// A namespace with a wire in it, and packets with a mark sent towards the far side of the tunnel.
class XfrmTwin : public testing::TestWithParam<Family> {
protected:
    void SetUp() override
    {
        if (const auto missing = test::enter_own_namespace(); !missing.empty()) GTEST_SKIP() << "needs " << missing;
        if (std::system("ip link add w0 type veth peer name w1 && ip link set w0 up && ip link set w1 up &&"
                        "ip addr add 10.1.0.1/16 dev w0 && ip route add 10.2.0.0/16 dev w0 &&"
                        "ip addr add fd01::1/64 dev w0 nodad && ip route add fd02::/64 dev w0") != 0)
            GTEST_SKIP() << "needs a veth pair";
        auto opened = netlink::Socket::open(NETLINK_XFRM);
        ASSERT_TRUE(opened) << opened.error().what;
        socket.emplace(std::move(*opened));
        connection.local = connection.remote = IpPrefix::any(GetParam());
    }

    void must(Verb verb, const PolicySpec& spec)
    {
        const auto done = apply(*socket, Op<PolicySpec>{verb, spec, {}});
        ASSERT_TRUE(done) << done.error().what;
    }

    /// The errno that a packet to the far side meets, 0 where it went out.
    static int send(std::uint32_t mark)
    {
        const bool v4 = GetParam() == Family::V4;
        const Fd fd{::socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
        EXPECT_EQ(::setsockopt(fd.get(), SOL_SOCKET, SO_MARK, &mark, sizeof mark), 0);
        sockaddr_in to4{.sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {}, .sin_zero = {}};
        sockaddr_in6 to6{};
        to6.sin6_family = AF_INET6;
        to6.sin6_port = htons(9);
        ::inet_pton(AF_INET, "10.2.0.5", &to4.sin_addr);
        ::inet_pton(AF_INET6, "fd02::5", &to6.sin6_addr);
        const auto* to = v4 ? reinterpret_cast<const sockaddr*>(&to4) : reinterpret_cast<const sockaddr*>(&to6);
        const auto size = static_cast<socklen_t>(v4 ? sizeof to4 : sizeof to6);
        return ::sendto(fd.get(), "x", 1, MSG_DONTWAIT, to, size) < 0 ? errno : 0;
    }

    /// A counter of the kernel's, such as packets that met a block policy.
    static long counter(const std::string& name)
    {
        std::ifstream file{"/proc/net/xfrm_stat"};
        std::string word;
        long value = 0;
        while (file >> word >> value)
            if (word == name) return value;
        ADD_FAILURE() << "no " << name;
        return -1;
    }

    Connection connection{.by_mark = true};
    std::optional<netlink::Socket> socket;
};

TEST_P(XfrmTwin, TakesOverTheMomentItsProtectPolicyIsGone)
{
    const auto mark = connection.id;
    EXPECT_EQ(send(mark), 0) << "no policy: in the clear";

    must(Verb::Create, connection.block());
    EXPECT_EQ(send(mark), EPERM);
    EXPECT_EQ(counter("XfrmOutPolBlock"), 1);
    EXPECT_EQ(send(mark + 1), 0) << "a packet of another mark";

    must(Verb::Create, connection.out());
    EXPECT_NE(send(mark), 0) << "protected, and no SA is there";
    EXPECT_EQ(counter("XfrmOutPolBlock"), 1) << "it was the protect policy that was found";

    must(Verb::Delete, connection.out());
    EXPECT_EQ(send(mark), EPERM);
    EXPECT_EQ(counter("XfrmOutPolBlock"), 2);
}

TEST_P(XfrmTwin, MayBeCreatedAfterItsProtectPolicyAndStillLosesToIt)
{
    must(Verb::Create, connection.out());
    must(Verb::Create, connection.block());
    EXPECT_NE(send(connection.id), 0);
    EXPECT_EQ(counter("XfrmOutPolBlock"), 0);
}

TEST_P(XfrmTwin, DoesNotTakeOverWhileItsProtectPolicyIsUpdated)
{
    must(Verb::Create, connection.block());
    must(Verb::Create, connection.out());
    connection.peer = fake::address("198.51.100.99");
    must(Verb::Update, connection.out());
    EXPECT_NE(send(connection.id), 0);
    EXPECT_EQ(counter("XfrmOutPolBlock"), 0);
}

INSTANTIATE_TEST_SUITE_P(Families, XfrmTwin, testing::Values(Family::V4, Family::V6),
                         [](const auto& info) { return info.param == Family::V4 ? "V4" : "V6"; });

} // namespace

} // namespace linkspan::xfrm
