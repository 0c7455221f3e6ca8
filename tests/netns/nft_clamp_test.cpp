// Three namespaces: host -- gateway == tunnel == peer. The host connects to the peer by TCP; both ends then know the MSS
// the other one announced, as it was when it had passed the gateway.

#include "base/fd.h"
#include "netlink/socket.h"
#include "nft/apply.h"
#include "nft/render.h"
#include "tests/netns/own_namespace.h"
#include "vti/apply.h"
#include "vti/codec.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

namespace linkspan::nft {
namespace {

constexpr std::uint32_t id = 0x1234'5678; // if_id, or mark and key
constexpr std::uint32_t tunnel_mtu = 1400;

struct Namespace {
    Fd fd;

    static Namespace make()
    {
        EXPECT_EQ(test::enter_own_namespace(), "");
        return {Fd{::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)}};
    }
    void enter() const { ASSERT_EQ(::setns(fd.get(), CLONE_NEWNET), 0); }
    [[nodiscard]] std::string path() const
    {
        return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(fd.get());
    }
};

/// All lines of one namespace by one `ip`: under emulation each process costs a second.
void ip(const std::string& lines)
{
    FILE* batch = ::popen("ip -batch -", "w");
    ASSERT_NE(batch, nullptr);
    std::fputs(lines.c_str(), batch);
    ASSERT_EQ(::pclose(batch), 0) << lines;
}

void write_sysctl(const std::string& name, int value)
{
    std::ofstream{"/proc/sys/net/" + name} << value;
}

struct Mss {
    std::uint32_t of_host = 0; ///< announced by the host, seen by the peer
    std::uint32_t of_peer = 0;
    bool operator==(const Mss&) const = default;
};

std::uint32_t announced_to(int socket)
{
    tcp_info info{};
    socklen_t size = sizeof info;
    EXPECT_EQ(::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size), 0);
    return info.tcpi_snd_mss;
}

class Clamp : public testing::Test {
protected:
    void SetUp() override
    {
        if (const auto missing = test::enter_own_namespace(); !missing.empty()) GTEST_SKIP() << "needs " << missing;
        host_ = Namespace::make();
        gateway_ = Namespace::make();
        peer_ = Namespace::make();
        for (const auto* ns : {&host_, &peer_, &gateway_}) {
            ns->enter();
            // Timestamps would take 12 bytes off what TCP_INFO tells.
            write_sysctl("ipv4/tcp_timestamps", 0);
            write_sysctl("ipv4/ip_forward", 1);
            write_sysctl("ipv6/conf/all/forwarding", 1);
        }
        ip("link add lan type veth peer name eth netns " + host_.path() +
           "\nlink set lan up\n"
           "addr add 10.1.0.1/16 dev lan\naddr add fd00:1::1/64 dev lan nodad");
        host_.enter();
        ip("link set eth up\naddr add 10.1.0.2/16 dev eth\naddr add fd00:1::2/64 dev eth nodad\n"
           "route add default via 10.1.0.1\nroute add default via fd00:1::1");
    }

    /// A plain wire in the link group: what the clamp does does not depend on the kind of link.
    void join_by_wire()
    {
        gateway_.enter();
        ip("link add t0 mtu " + std::to_string(tunnel_mtu) + " group " + std::to_string(link_group) +
           " type veth peer name t0 mtu 1500 netns " + peer_.path() + "\nlink set t0 up");
        peer_.enter();
        ip("link set t0 up");
        address_tunnel();
    }

    /// False where the kernel lacks something, which is then in `missing_`.
    bool join_by_ipsec(vti::LinkKind kind)
    {
        gateway_.enter();
        ip("link add wan type veth peer name wan netns " + peer_.path() +
           "\nlink set wan up\n"
           "addr add 203.0.113.1/24 dev wan");
        peer_.enter();
        ip("link set wan up\naddr add 203.0.113.2/24 dev wan");
        if (!make_link(gateway_, kind, "203.0.113.1", "203.0.113.2", tunnel_mtu)) return false;
        if (!make_link(peer_, kind, "203.0.113.2", "203.0.113.1", 1500)) return false;
        address_tunnel();
        return true;
    }

    bool make_link(const Namespace& ns, vti::LinkKind kind, const std::string& from, const std::string& to,
                   std::uint32_t mtu)
    {
        ns.enter();
        const bool marked = kind == vti::LinkKind::Vti;
        vti::Spec spec{.name = {"t0"}, .connection = {"t0"}, .kind = kind, .if_id = {marked ? 0 : id}, .mtu = mtu};
        if (marked) {
            spec.local = IpAddress::parse(from).value();
            spec.remote = IpAddress::parse(to).value();
            spec.key = {id};
        }
        auto socket = netlink::Socket::open(NETLINK_ROUTE);
        const auto made = vti::apply(*socket, {Verb::Create, spec, {}});
        if (!made && made.error().kind == Kind::Unsupported) missing_ = marked ? "ip_vti" : "xfrm_interface";
        if (!made) return false;
        const std::string sel = marked ? " mark " + std::to_string(id) : " if_id " + std::to_string(id);
        const auto state = [&](const std::string& src, const std::string& dst, int spi) {
            return "xfrm state add src " + src + " dst " + dst + " proto esp spi " + std::to_string(spi) +
                   " reqid 1 mode tunnel flag af-unspec aead rfc4106(gcm(aes)) "
                   "0x0102030405060708090a0b0c0d0e0f1011121314 128" +
                   sel + "\n";
        };
        const auto policy = [&](const std::string& dir, const std::string& src, const std::string& dst) {
            std::string text;
            for (const std::string any : {"0.0.0.0/0", "::/0"})
                text += "xfrm policy add src " + any + " dst " + any + " dir " + dir + sel + " tmpl src " + src +
                        " dst " + dst + " proto esp reqid 1 mode tunnel\n";
            return text;
        };
        const int out = ns.fd.get() == gateway_.fd.get() ? 0x1001 : 0x1002;
        ip(state(from, to, out) + state(to, from, 0x2003 - out) + policy("out", from, to) + policy("in", to, from) +
           policy("fwd", to, from));
        return true;
    }

    void address_tunnel()
    {
        gateway_.enter();
        ip("addr add 10.9.0.1/30 dev t0\naddr add fd00:9::1/126 dev t0 nodad\n"
           "route add 10.2.0.0/16 via 10.9.0.2\nroute add fd00:2::/64 via fd00:9::2");
        peer_.enter();
        ip("addr add 10.9.0.2/30 dev t0\naddr add fd00:9::2/126 dev t0 nodad\n"
           "link set lo up\naddr add 10.2.0.1/32 dev lo\naddr add fd00:2::1/128 dev lo nodad\n"
           "route add 10.1.0.0/16 via 10.9.0.1\nroute add fd00:1::/64 via fd00:9::1");
    }

    void clamp(const Spec& spec)
    {
        gateway_.enter();
        const auto done = nft::apply({Verb::Create, spec, {}});
        ASSERT_TRUE(done) << done.error().what;
    }

    [[nodiscard]] Mss connect(Family family)
    {
        sockaddr_storage where{};
        socklen_t size = 0;
        if (family == Family::V4) {
            auto& in = reinterpret_cast<sockaddr_in&>(where);
            in = {.sin_family = AF_INET, .sin_port = htons(7), .sin_addr = {}, .sin_zero = {}};
            ::inet_pton(AF_INET, "10.2.0.1", &in.sin_addr);
            size = sizeof in;
        } else {
            auto& in = reinterpret_cast<sockaddr_in6&>(where);
            in.sin6_family = AF_INET6;
            in.sin6_port = htons(7);
            ::inet_pton(AF_INET6, "fd00:2::1", &in.sin6_addr);
            size = sizeof in;
        }
        const int af = where.ss_family;
        const timeval patience{.tv_sec = 20, .tv_usec = 0};
        peer_.enter();
        const Fd listener{::socket(af, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        const int on = 1;
        ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        ::setsockopt(listener.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        EXPECT_EQ(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&where), size), 0) << std::strerror(errno);
        EXPECT_EQ(::listen(listener.get(), 1), 0);
        host_.enter();
        const Fd client{::socket(af, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        ::setsockopt(client.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        EXPECT_EQ(::connect(client.get(), reinterpret_cast<const sockaddr*>(&where), size), 0) << std::strerror(errno);
        const Fd server{::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC)};
        EXPECT_TRUE(server);
        return {announced_to(server.get()), announced_to(client.get())};
    }

    void expect_clamping()
    {
        EXPECT_EQ(connect(Family::V4), (Mss{1460, 1460})) << "without the table nothing is clamped";
        clamp({.clamp = true});
        EXPECT_EQ(connect(Family::V4), (Mss{tunnel_mtu - 40, tunnel_mtu - 40}));
        EXPECT_EQ(connect(Family::V6), (Mss{tunnel_mtu - 60, tunnel_mtu - 60}));
        clamp({.clamp = true, .mss = {{{"t0"}, 1200}, {{"t1"}, 600}}});
        EXPECT_EQ(connect(Family::V4), (Mss{1200, 1200}));
        EXPECT_EQ(connect(Family::V6), (Mss{1200, 1200}));
        clamp({.clamp = true, .mss = {{{"t0"}, 1450}}});
        EXPECT_EQ(connect(Family::V4), (Mss{tunnel_mtu - 40, tunnel_mtu - 40})) << "what does not fit is not announced";
        EXPECT_EQ(connect(Family::V6), (Mss{tunnel_mtu - 60, tunnel_mtu - 60}));
    }

    Namespace host_, gateway_, peer_;
    std::string missing_;
};

TEST_F(Clamp, WorksBothWaysOnAnyLinkOfOurGroup)
{
    join_by_wire();
    expect_clamping();
}

TEST_F(Clamp, WorksBothWaysThroughAnXfrmInterface)
{
    if (!join_by_ipsec(vti::LinkKind::Xfrm)) GTEST_SKIP() << "needs " << missing_;
    expect_clamping();
}

TEST_F(Clamp, WorksBothWaysThroughAVti)
{
    if (!join_by_ipsec(vti::LinkKind::Vti)) GTEST_SKIP() << "needs " << missing_;
    expect_clamping();
}

} // namespace
} // namespace linkspan::nft
