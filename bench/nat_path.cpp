#include "bench/nat_path.h"

#include "bench/shell.h"
#include "nft/context.h"
#include "nft/nat_apply.h"
#include "nft/nat_plan.h"

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

/// The receiver's work is done while the sender sends.
double send_all(int socket, const Frame& frame)
{
    double least = 0;
    for (unsigned round = 0; round < rounds; ++round) {
        const auto start = std::chrono::steady_clock::now();
        for (unsigned i = 0; i < packets; ++i) must(::send(socket, &frame, sizeof frame, 0) == sizeof frame, "send");
        const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
        least = round == 0 ? took.count() : std::min(least, took.count());
    }
    return least / packets;
}

} // namespace

double nanoseconds_per_packet(const nft::Nat& nat, const LinkName& link, const IpAddress& source,
                              const IpAddress& destination)
{
    must(::unshare(CLONE_NEWNET) == 0, "unshare");
    must(run({"ip", "link", "add", "far", "address", "06:06:06:06:06:06", "type", "veth", "peer", "name", link.value}),
         "ip link add");
    must(run({"ip", "link", "set", link.value, "address", "02:02:02:02:02:02", "up"}), "ip link set");
    must(run({"ip", "link", "set", "far", "up"}), "ip link set");
    must(nft::run("table ip sink { chain in { type filter hook prerouting priority -449; iifname \"" + link.value +
                      "\" drop; }; }",
                  "sink")
             .has_value(),
         "nft");
    const int socket = ::socket(AF_PACKET, SOCK_RAW, 0);
    sockaddr_ll at{};
    at.sll_family = AF_PACKET;
    at.sll_ifindex = static_cast<int>(::if_nametoindex("far"));
    must(::bind(socket, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0, "bind");
    const auto one = frame(source, destination);
    const auto bare = send_all(socket, one);
    for (const auto& op : nft::plan(nat, {}).ops) must(nft::apply(op).has_value(), "the table");
    const auto translated = send_all(socket, one);
    ::close(socket);
    return translated - bare;
}

} // namespace linkspan::bench
