// Three namespaces: host -- gateway -- neighbour. What a shared address of the gateway says to the neighbour arrives while
// the fence is lifted, and not otherwise. That something did not arrive is told by what was sent after it and did.

#include "base/fd.h"
#include "nft/context.h"
#include "nft/fence.h"
#include "nft/fence_codec.h"
#include "route/neighbours.h"
#include "tests/netns/own_namespace.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>

namespace linkspan::nft {
namespace {

using namespace std::chrono_literals;

IpAddress address(const std::string& text)
{
    return IpAddress::parse(text).value();
}

const FenceSpec shared{address("203.0.113.10"), address("2001:db8:a::10")};

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

int try_ip(const std::string& lines)
{
    FILE* batch = ::popen("ip -batch - >/dev/null 2>&1", "w");
    if (!batch) return -1;
    std::fputs(lines.c_str(), batch);
    return ::pclose(batch);
}

void ip(const std::string& lines)
{
    ASSERT_EQ(try_ip(lines), 0) << lines;
}

std::string output_of(const std::string& command)
{
    std::string text;
    FILE* pipe = ::popen(command.c_str(), "r");
    if (!pipe) return text;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
    ::pclose(pipe);
    return text;
}

/// A UDP socket of the namespace that is entered.
class Udp {
public:
    explicit Udp(const std::string& own, std::uint16_t port = 7) : v6_(own.find(':') != std::string::npos), port_(port)
    {
        socket_ = Fd{::socket(v6_ ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
        const int on = 1;
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        const auto where = place(own);
        EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&where), size()), 0) << std::strerror(errno);
    }
    /// What a hook drops of the own host's is refused at once.
    bool send(const std::string& to, char what) const { return send(to, std::string{what}); }
    bool send(const std::string& to, const std::string& what) const
    {
        const auto where = place(to);
        const auto sent =
            ::sendto(socket_.get(), what.data(), what.size(), 0, reinterpret_cast<const sockaddr*>(&where), size());
        return sent == static_cast<ssize_t>(what.size());
    }
    /// The last byte of the next that comes; '-' if none does for a long time.
    [[nodiscard]] char receive() const
    {
        pollfd wait{.fd = socket_.get(), .events = POLLIN, .revents = 0};
        std::string what(8, '-');
        if (::poll(&wait, 1, 20'000) != 1) return '-';
        const auto got = ::recv(socket_.get(), what.data(), what.size(), 0);
        return got > 0 ? what[static_cast<std::size_t>(got) - 1] : '-';
    }

private:
    [[nodiscard]] sockaddr_storage place(const std::string& text) const
    {
        sockaddr_storage where{};
        if (v6_) {
            auto& in = reinterpret_cast<sockaddr_in6&>(where);
            in.sin6_family = AF_INET6;
            in.sin6_port = htons(port_);
            ::inet_pton(AF_INET6, text.c_str(), &in.sin6_addr);
        } else {
            auto& in = reinterpret_cast<sockaddr_in&>(where);
            in.sin_family = AF_INET;
            in.sin_port = htons(port_);
            ::inet_pton(AF_INET, text.c_str(), &in.sin_addr);
        }
        return where;
    }
    [[nodiscard]] socklen_t size() const { return v6_ ? sizeof(sockaddr_in6) : sizeof(sockaddr_in); }

    bool v6_ = false;
    std::uint16_t port_;
    Fd socket_;
};

class FenceTest : public testing::Test {
protected:
    void SetUp() override
    {
        if (const auto missing = test::enter_own_namespace(); !missing.empty()) GTEST_SKIP() << "needs " << missing;
        host_ = Namespace::make();
        neighbour_ = Namespace::make();
        gateway_ = Namespace::make();
        std::ofstream{"/proc/sys/net/ipv4/ip_forward"} << 1;
        ip("link add wan type veth peer name wan netns " + neighbour_.path() +
           "\nlink add lan type veth peer name eth netns " + host_.path() +
           "\nlink set lo up\nlink set wan up\nlink set lan up\naddr add 203.0.113.10/24 dev wan\n"
           "addr add 2001:db8:a::10/64 dev wan nodad\naddr add 203.0.113.11/24 dev wan\n"
           "addr add 2001:db8:a::11/64 dev wan nodad\naddr add 10.1.0.1/24 dev lan");
        neighbour_.enter();
        ip("link set lo up\nlink set wan up\naddr add 203.0.113.2/24 dev wan\naddr add 2001:db8:a::2/64 dev wan nodad\n"
           "addr add 10.2.0.1/32 dev lo\nroute add 10.1.0.0/24 via 203.0.113.11");
        host_.enter();
        ip("link set lo up\nlink set eth up\naddr add 10.1.0.2/24 dev eth\nroute add default via 10.1.0.1");
        gateway_.enter();
        auto opened = Fence::open();
        if (!opened) GTEST_SKIP() << "needs nf_tables: " << opened.error().what;
        fence_.emplace(std::move(*opened));
        const auto stood = fence_->stand(shared);
        ASSERT_TRUE(stood) << stood.error().what;
    }

    void lift(std::chrono::milliseconds time = 60'000ms)
    {
        const auto lifted = fence_->lift(time);
        ASSERT_TRUE(lifted) << lifted.error().what;
    }
    void close()
    {
        const auto closed = fence_->close();
        ASSERT_TRUE(closed) << closed.error().what;
    }
    /// Until the kernel has taken the lifted addresses out, of itself.
    void wait_until_closed()
    {
        while (fence_->is_lifted().value()) ::poll(nullptr, 0, 5);
    }

    Namespace host_, neighbour_, gateway_;
    std::optional<Fence> fence_;
};

TEST_F(FenceTest, IsClosedUntilItIsLiftedAndClosesByItself)
{
    for (const auto& [own, peer] : {std::pair{"203.0.113.10", "203.0.113.2"}, {"2001:db8:a::10", "2001:db8:a::2"}}) {
        neighbour_.enter();
        const Udp far{peer};
        gateway_.enter();
        const Udp near{own};
        EXPECT_FALSE(near.send(peer, 'a')) << own << ": nobody has lifted it yet";
        lift();
        EXPECT_TRUE(near.send(peer, 'b'));
        EXPECT_EQ(far.receive(), 'b');
        close();
        EXPECT_FALSE(near.send(peer, 'c')) << "closed at once";
        lift(50ms);
        wait_until_closed();
        EXPECT_FALSE(near.send(peer, 'd')) << "nobody went on lifting it";
        lift();
        EXPECT_TRUE(near.send(peer, 'e'));
        EXPECT_EQ(far.receive(), 'e');
        close();
    }
}

TEST_F(FenceTest, LeavesOtherAddressesAlone)
{
    neighbour_.enter();
    const Udp far{"203.0.113.2"};
    gateway_.enter();
    EXPECT_TRUE(Udp{"203.0.113.11"}.send("203.0.113.2", 'x'));
    EXPECT_EQ(far.receive(), 'x');
}

TEST_F(FenceTest, LiftingAgainCountsFromThen)
{
    lift(200ms);
    lift();
    const auto listed = output_of("nft -j list set inet linkspan_fence lifted4");
    const auto at = listed.find("\"expires\": ");
    ASSERT_NE(at, std::string::npos) << listed;
    EXPECT_GT(std::stoi(listed.substr(at + 11)), 5) << "a plain `add element` would have left the 200 ms: " << listed;
}

TEST_F(FenceTest, StandingAgainCutsNothing)
{
    lift();
    ASSERT_TRUE(fence_->stand(shared));
    EXPECT_TRUE(fence_->is_lifted().value());
    EXPECT_TRUE(Udp{"203.0.113.10"}.send("203.0.113.2", 'x'));
    const auto rules = output_of("nft list table inet linkspan_fence | grep -c drop");
    EXPECT_EQ(rules, "8\n") << "two families at two hooks, their errors, and the plugin's words both ways, once each";
}

/// By charon's ha plugin, whose types these are: that of SAs, and the rest.
TEST_F(FenceTest, TellsTheOtherGatewayOfSasOnlyWhileLiftedAndHearsOfThemOnlyWhileClosed)
{
    const std::string of_sas = "\1\2\3\4\5\6\7\14", others = "\10\11\12\13";
    for (const auto& [own, peer] : {std::pair{"203.0.113.11", "203.0.113.2"}, {"2001:db8:a::11", "2001:db8:a::2"}}) {
        neighbour_.enter();
        const Udp far{peer, plugin_port};
        gateway_.enter();
        const Udp near{own, plugin_port};
        const auto tells = [&](char type) { return near.send(peer, {'\3', type}) && far.receive() == type; };
        const auto is_told = [&](char type) { return far.send(own, {'\3', type}); };
        for (const char type : of_sas) {
            EXPECT_FALSE(tells(type)) << "what is mute tells nothing either";
            EXPECT_TRUE(is_told(type) && near.receive() == type) << "a standby hears of it";
        }
        for (const char type : others) EXPECT_TRUE(tells(type)) << own;
        lift();
        for (const char type : of_sas) EXPECT_TRUE(tells(type) && is_told(type)) << own;
        for (const char type : others)
            EXPECT_TRUE(is_told(type) && near.receive() == type) << "and nothing else, " << own;
        close();
    }
}

TEST_F(FenceTest, StandsAgainWhereSomebodyFlushedTheRuleset)
{
    const Udp near{"203.0.113.10"};
    lift();
    ASSERT_EQ(output_of("nft flush ruleset; nft list ruleset"), "");
    EXPECT_TRUE(near.send("203.0.113.2", 'a')) << "there is no fence";
    lift(50ms);
    EXPECT_TRUE(near.send("203.0.113.2", 'b'));
    wait_until_closed();
    EXPECT_FALSE(near.send("203.0.113.2", 'c')) << "it is there again, and closes by itself";
    ASSERT_EQ(output_of("nft flush ruleset; nft list ruleset"), "");
    close();
    EXPECT_FALSE(near.send("203.0.113.2", 'd'));
}

TEST_F(FenceTest, MendsRulesThatSomebodyChanged)
{
    const Udp near{"203.0.113.10"};
    EXPECT_FALSE(fence_->mend().value()) << "as it stands";
    for (const std::string change : {"flush table inet linkspan_fence", "insert rule inet linkspan_fence output accept",
                                     "flush table arp linkspan_fence"}) {
        lift();
        ASSERT_EQ(output_of("nft " + change), "");
        EXPECT_TRUE(fence_->mend().value()) << change;
        EXPECT_TRUE(fence_->is_lifted().value()) << "what was lifted stays so";
        close();
        EXPECT_FALSE(near.send("203.0.113.2", 'a') || fence_->mend().value()) << change;
    }
}

TEST_F(FenceTest, AnswersNoArpAndNoNeighbourSolicitationWhileClosed)
{
    const auto resolves = [&](const std::string& shared_address) {
        neighbour_.enter();
        ip("neigh flush dev wan");
        const auto probe = "ping -c 1 -W 3 " + shared_address + " >/dev/null 2>&1; ip neigh show " + shared_address;
        const auto entry = output_of(probe);
        gateway_.enter();
        return entry.find("lladdr") != std::string::npos;
    };
    EXPECT_FALSE(resolves("203.0.113.10"));
    EXPECT_FALSE(resolves("2001:db8:a::10"));
    EXPECT_TRUE(resolves("203.0.113.11"));
    lift();
    EXPECT_TRUE(resolves("203.0.113.10"));
    EXPECT_TRUE(resolves("2001:db8:a::10"));
}

/// It never passes the output hook, and gets the shared address after routing.
TEST_F(FenceTest, CatchesWhatIsForwardedAndTranslatedToASharedAddress)
{
    const auto nat = run("table ip test { chain c { type nat hook postrouting priority 100; oifname \"wan\" snat to "
                         "203.0.113.10; }; }",
                         "masquerade");
    if (!nat) GTEST_SKIP() << "needs nft_chain_nat: " << nat.error().what;
    neighbour_.enter();
    const Udp far{"203.0.113.2"};
    host_.enter();
    const Udp inside{"10.1.0.2"};
    inside.send("203.0.113.2", 'a');
    gateway_.enter();
    lift();
    host_.enter();
    inside.send("203.0.113.2", 'b');
    EXPECT_EQ(far.receive(), 'b');
}

/// ha.md's open question: ESP of forwarded packets is made between the forward hook and the wire.
TEST_F(FenceTest, CatchesEspThatCarriesForwardedPackets)
{
    const std::string sa = " proto esp spi 0x1001 reqid 1 mode tunnel aead rfc4106(gcm(aes)) "
                           "0x0102030405060708090a0b0c0d0e0f1011121314 128";
    const std::string ends = "src 203.0.113.10 dst 203.0.113.2", selector = "src 10.1.0.0/24 dst 10.2.0.1/32";
    const std::string state = "xfrm state add " + ends + sa;
    gateway_.enter();
    if (try_ip(state) != 0) GTEST_SKIP() << "needs esp4";
    ip("xfrm policy add " + selector + " dir out tmpl " + ends + " proto esp reqid 1 mode tunnel\n" +
       "route add 10.2.0.0/24 via 203.0.113.2");
    neighbour_.enter();
    ip(state + "\nxfrm policy add " + selector + " dir in tmpl " + ends + " proto esp reqid 1 mode tunnel");
    const Udp far{"10.2.0.1"};
    host_.enter();
    const Udp inside{"10.1.0.2"};
    inside.send("10.2.0.1", 'a');
    gateway_.enter();
    const auto count = "nft list chain inet linkspan_fence output | grep -c 'counter packets 1 '";
    for (int i = 0; i < 1000 && output_of(count) == "0\n"; ++i) ::poll(nullptr, 0, 20);
    EXPECT_NE(output_of(count), "0\n") << "ESP passes the output hook";
    lift();
    host_.enter();
    inside.send("10.2.0.1", 'b');
    EXPECT_EQ(far.receive(), 'b') << "the one before was dropped as ESP";
}

/// What a host is told of a packet that comes to a gateway which has just given way would end a connection that the other one
/// carries on.
TEST_F(FenceTest, SaysOfNothingThatItIsUnreachableWhileClosed)
{
    gateway_.enter();
    ip("route add unreachable 10.3.0.0/16");
    const auto told = [&] {
        host_.enter();
        (void)Udp{"10.1.0.2"}.send("10.3.0.1", 'a');
        (void)output_of("ping -c 1 -W 3 10.1.0.1");
        const auto count = output_of("awk '/^Icmp:/ { n++ } n == 2 { print $5; exit }' /proc/net/snmp");
        gateway_.enter();
        return count;
    };
    EXPECT_EQ(told(), "0\n");
    lift();
    EXPECT_EQ(told(), "1\n");
}

/// It has passed every hook when its next hop is looked for.
TEST_F(FenceTest, DoesNotCatchWhatWaitsForANeighbourWhichIsDropped)
{
    auto rtnl = netlink::Socket::open(NETLINK_ROUTE).value();
    // It is looked for longer than any machine takes here.
    std::ofstream{"/proc/sys/net/ipv4/neigh/wan/mcast_solicit"} << 1000;
    const auto first_of = [&](const std::string& late, bool dropped) {
        gateway_.enter();
        lift();
        EXPECT_TRUE(Udp{"203.0.113.10"}.send(late, 'a')) << "nobody has that address yet";
        close();
        EXPECT_TRUE(!dropped || route::drop_waiting(rtnl, {"wan"}));
        neighbour_.enter();
        ip("addr add " + late + "/24 dev wan");
        const Udp far{late};
        (void)output_of("ping -c 1 -W 3 -I " + late + " 203.0.113.11");
        gateway_.enter();
        EXPECT_TRUE(Udp{"203.0.113.11"}.send(late, 'b'));
        return far.receive();
    };
    EXPECT_EQ(first_of("203.0.113.98", false), 'a');
    EXPECT_EQ(first_of("203.0.113.99", true), 'b');
    EXPECT_TRUE(route::drop_waiting(rtnl, {"nowhere"}));
}

TEST_F(FenceTest, GoesAwayWhole)
{
    ASSERT_TRUE(fence_->remove());
    ASSERT_TRUE(fence_->remove()) << "twice is once";
    EXPECT_EQ(output_of("nft list tables"), "");
    EXPECT_TRUE(Udp{"203.0.113.10"}.send("203.0.113.2", 'x'));
}

} // namespace
} // namespace linkspan::nft
