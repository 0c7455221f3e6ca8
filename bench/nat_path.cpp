#include "bench/nat_path.h"

#include "bench/shell.h"
#include "netlink/socket.h"
#include "nft/context.h"
#include "nft/nat_apply.h"
#include "nft/nat_observe.h"
#include "nft/nat_plan.h"
#include "nft/rules_apply.h"
#include "nft/rules_plan.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <numeric>

namespace linkspan::bench {
namespace {

constexpr unsigned packets = 1000, rounds = 500; ///< so short that the scheduler leaves some of them alone

struct [[gnu::packed]] Frame {
    ether_header ethernet = {};
    iphdr ip = {};
    udphdr udp = {};
    std::array<char, 64> data = {};
};

void must(bool done, const std::string& what)
{
    if (done) return;
    fmt::print("{} failed\n", what);
    std::exit(1);
}

std::uint16_t checksum(const iphdr& ip)
{
    std::array<std::uint16_t, sizeof(iphdr) / 2> words;
    std::memcpy(words.data(), &ip, sizeof ip);
    auto sum = std::accumulate(words.begin(), words.end(), 0u);
    sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~(sum + (sum >> 16)));
}

Frame frame(const IpAddress& source, const IpAddress& destination)
{
    Frame frame;
    std::fill_n(frame.ethernet.ether_dhost, ETH_ALEN, std::uint8_t{0x02});
    std::fill_n(frame.ethernet.ether_shost, ETH_ALEN, std::uint8_t{0x06});
    frame.ethernet.ether_type = htons(ETHERTYPE_IP);
    frame.ip.version = 4;
    frame.ip.ihl = 5;
    frame.ip.ttl = 64;
    frame.ip.protocol = IPPROTO_UDP;
    frame.ip.tot_len = htons(sizeof frame - sizeof frame.ethernet);
    std::memcpy(&frame.ip.saddr, source.bytes.data(), 4);
    std::memcpy(&frame.ip.daddr, destination.bytes.data(), 4);
    frame.ip.check = checksum(frame.ip);
    frame.udp.len = htons(sizeof frame.udp + sizeof frame.data);
    return frame;
}

/// A link of ours in a network namespace of its own, and the far end of it, which sends.
class Path {
public:
    explicit Path(const LinkName& link)
    {
        must(::unshare(CLONE_NEWNET) == 0, "unshare");
        must(run({"ip", "link", "add", "far", "address", "06:06:06:06:06:06", "type", "veth", "peer", "name",
                  link.value}),
             "ip link add");
        must(run({"ip", "link", "set", link.value, "address", "02:02:02:02:02:02", "up"}), "ip link set");
        must(run({"ip", "link", "set", "far", "up"}), "ip link set");
        socket_ = ::socket(AF_PACKET, SOCK_RAW, 0);
        sockaddr_ll at{};
        at.sll_family = AF_PACKET;
        at.sll_ifindex = static_cast<int>(::if_nametoindex("far"));
        must(::bind(socket_, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0, "bind");
    }
    Path(const Path&) = delete;
    Path& operator=(const Path&) = delete;
    ~Path() { ::close(socket_); }

    /// Nanoseconds for a packet: the receiver's work is done while the sender sends. The least of so many `times`.
    [[nodiscard]] double time(Frame frame, unsigned times = rounds, bool each_is_new = false)
    {
        double least = 0;
        for (unsigned round = 0; round < times; ++round) {
            const auto start = std::chrono::steady_clock::now();
            for (unsigned i = 0; i < packets; ++i) {
                if (each_is_new) frame.udp.source = htons(++port_);
                must(::send(socket_, &frame, sizeof frame, 0) == sizeof frame, "send");
            }
            const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
            least = round == 0 ? took.count() : std::min(least, took.count());
        }
        return least / packets;
    }

private:
    int socket_ = -1;
    std::uint16_t port_ = 10000;
};

void add_table(const std::string& text)
{
    must(nft::run(text, "a table").has_value(), text);
}

/// Whatever is of `spec` now, by its own plan.
template <typename Table, typename Spec>
void write(const Spec& spec, const Table& have)
{
    for (const auto& op : nft::plan(spec, have).ops) must(nft::apply(op).has_value(), "the table");
}

/// Delivers what comes by the link for `host`, to a socket that is full and so forgets it.
int deliver_to(const LinkName& link, const IpAddress& host, std::uint16_t port)
{
    must(run({"ip", "link", "set", "lo", "up"}) && run({"ip", "address", "add", host.text() + "/32", "dev", "lo"}) &&
             run({"ip", "route", "add", "default", "dev", link.value}),
         "ip");
    const int socket = ::socket(AF_INET, SOCK_DGRAM, 0), least = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &least, sizeof least);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    std::memcpy(&at.sin_addr, host.bytes.data(), 4);
    must(::bind(socket, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0, "bind");
    return socket;
}

} // namespace

double nanoseconds_per_packet(const nft::Nat& nat, const LinkName& link, const IpAddress& source,
                              const IpAddress& destination)
{
    Path path{link};
    add_table("table ip sink { chain in { type filter hook prerouting priority -449; iifname \"" + link.value +
              "\" drop; }; }");
    const auto one = frame(source, destination);
    const auto bare = path.time(one);
    write(nat, nft::NatTable{});
    return path.time(one) - bare;
}

MappedCosts compare_mapped(const nft::Nat& nat, const nft::Rules& rules, const Mapped& packet)
{
    Path path{packet.link};
    const int socket = deliver_to(packet.link, packet.host, packet.port);
    const auto cost = [&](const IpAddress& to, unsigned times, bool each_is_new) {
        auto one = frame(packet.source, to);
        one.udp.dest = htons(packet.port);
        const auto took = path.time(one, times, each_is_new);
        std::array<char, 128> data;
        must(::recv(socket, data.data(), data.size(), MSG_DONTWAIT) > 0, "delivering to " + packet.host.text());
        while (::recv(socket, data.data(), data.size(), MSG_DONTWAIT) > 0) continue;
        return took;
    };
    constexpr unsigned few = 10; // so many sessions stay
    const auto least = cost(packet.host, rounds, false);
    MappedCosts costs;
    write(nat, nft::NatTable{});
    costs.plain = cost(packet.destination, rounds, false) - least;
    add_table("table ip tracks { chain in { type filter hook prerouting priority 0; ct state established accept; }; }");
    costs.plain_tracked = cost(packet.destination, rounds, false) - least;
    costs.plain_first = cost(packet.destination, few, true) - least;
    auto netfilter = netlink::Socket::open(NETLINK_NETFILTER);
    must(netfilter.has_value(), "a netlink socket");
    write(nft::Nat{}, *nft::observe_nat(*netfilter));
    write(rules, nft::RulesTable{});
    costs.ruled = cost(packet.destination, rounds, false) - least;
    costs.ruled_first = cost(packet.destination, few, true) - least;
    ::close(socket);
    return costs;
}

} // namespace linkspan::bench
