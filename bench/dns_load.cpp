#include "bench/dns_load.h"

#include "bench/shell.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <latch>

namespace linkspan::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t batch = 64; ///< packets of one system call
constexpr int buffer_bytes = 8 << 20;
constexpr std::uint16_t client_port = 40'000;

void must(bool done, const std::string& what)
{
    if (done) return;
    fmt::print("{}: {}\n", what, std::strerror(errno));
    std::exit(1);
}

Fd this_namespace()
{
    return Fd{::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)};
}

/// Joins a namespace that is new to the one that `home` is.
Fd make_wire(const Wire& wire, const Fd& home)
{
    must(::unshare(CLONE_NEWNET) == 0, "a network namespace");
    auto made = this_namespace();
    const auto path = fmt::format("/proc/{}/fd/{}", ::getpid(), home.get());
    must(run_batch(fmt::format("link set lo up\n"
                               "link add far type veth peer name {0} netns {1}\n"
                               "address add {2} dev far\n"
                               "link set far up\n",
                               wire.near, path, wire.host)),
         "ip, at the far end");
    must(::setns(home.get(), CLONE_NEWNET) == 0, "setns");
    must(run_batch(fmt::format("address add {1} dev {0}\nlink set {0} up\n", wire.near, wire.gateway)), "ip");
    must(::setns(made.get(), CLONE_NEWNET) == 0, "setns");
    const auto router = wire.gateway.substr(0, wire.gateway.find('/'));
    must(run_batch(fmt::format("route add default via {}\n", router)), "a default route");
    return made;
}

Fd datagrams(const IpAddress& address, std::uint16_t port)
{
    Fd socket{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, &buffer_bytes, sizeof buffer_bytes);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    std::memcpy(&at.sin_addr, address.bytes.data(), 4);
    must(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0, "bind");
    return socket;
}

/// Packets as recvmmsg(2) and sendmmsg(2) want them.
struct Packets {
    struct One {
        std::array<std::uint8_t, 512> bytes{};
        sockaddr_in peer{};
        iovec part{};
    };
    std::array<One, batch> all{};
    std::array<mmsghdr, batch> headers{};

    Packets()
    {
        for (std::size_t i = 0; i < batch; ++i) {
            all[i].part = {all[i].bytes.data(), all[i].bytes.size()};
            headers[i].msg_hdr = {&all[i].peer, sizeof all[i].peer, &all[i].part, 1, nullptr, 0, 0};
        }
    }
    /// How many came; 0 where none is there.
    std::size_t receive(const Fd& socket, int flags)
    {
        for (auto& one : all) one.part.iov_len = one.bytes.size();
        for (auto& header : headers) header.msg_hdr.msg_namelen = sizeof(sockaddr_in);
        const int got = ::recvmmsg(socket.get(), headers.data(), batch, flags, nullptr);
        return got < 0 ? 0 : static_cast<std::size_t>(got);
    }
};

/// Turns a question into its answer: bytes of it.
std::size_t answer(std::span<std::uint8_t> bytes, std::size_t size, std::uint32_t& address)
{
    bytes[2] = 0x81;
    bytes[3] = 0x80;
    bytes[7] = 3;
    std::size_t end = 12;
    while (end < size && bytes[end] != 0) end += bytes[end] + 1U;
    size = end + 5;
    bytes[11] = 0; // an OPT that dnsmasq adds is not answered
    for (int i = 0; i < 3; ++i) {
        const std::array<std::uint8_t, 12> record{0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0x0e, 0x10, 0, 4};
        std::ranges::copy(record, bytes.begin() + static_cast<std::ptrdiff_t>(size));
        const auto value = htonl(0x0b00'0000U + ++address);
        std::memcpy(&bytes[size + record.size()], &value, 4);
        size += record.size() + 4;
    }
    return size;
}

void serve(const Fd& socket, const std::atomic<bool>& ending)
{
    Packets packets;
    std::uint32_t address = 0;
    while (!ending) {
        pollfd wait{socket.get(), POLLIN, 0};
        if (::poll(&wait, 1, 100) != 1) continue;
        const auto count = packets.receive(socket, MSG_DONTWAIT);
        for (std::size_t i = 0; i < count; ++i)
            packets.all[i].part.iov_len = answer(packets.all[i].bytes, packets.headers[i].msg_len, address);
        for (std::size_t sent = 0; sent < count;) {
            const int done = ::sendmmsg(socket.get(), &packets.headers[sent], static_cast<unsigned>(count - sent), 0);
            sent += done > 0 ? static_cast<std::size_t>(done) : 1;
        }
    }
}

/// n<number>.bench.example, asked by an id that tells its turn.
std::size_t question(std::span<std::uint8_t> bytes, std::uint16_t id, std::uint32_t number)
{
    const auto label = fmt::format("n{:07}", number);
    const std::array<std::uint8_t, 12> head{
        static_cast<std::uint8_t>(id >> 8), static_cast<std::uint8_t>(id), 1, 0, 0, 1};
    auto at = std::ranges::copy(head, bytes.begin()).out;
    for (const std::string& part : {label, std::string{"bench"}, std::string{"example"}}) {
        *at++ = static_cast<std::uint8_t>(part.size());
        at = std::ranges::copy(part, at).out;
    }
    constexpr std::array<std::uint8_t, 5> tail{0, 0, 1, 0, 1};
    return static_cast<std::size_t>(std::ranges::copy(tail, at).out - bytes.begin());
}

double since(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

} // namespace

Resolver::Resolver(const Wire& wire, const std::string& address)
{
    const auto home = this_namespace();
    std::latch ready{1};
    thread_ = std::thread{[&, address] {
        const auto made = make_wire(wire, home);
        const auto socket = datagrams(*IpAddress::parse(address), 53);
        ready.count_down();
        serve(socket, ending_);
    }};
    ready.wait();
}

Resolver::~Resolver()
{
    ending_ = true;
    thread_.join();
}

double Load::percentile(double part) const
{
    if (latencies.empty()) return 0;
    const auto at = static_cast<std::size_t>(std::ceil(part * static_cast<double>(latencies.size())));
    return latencies[std::clamp<std::size_t>(at, 1, latencies.size()) - 1];
}

double Load::rate() const
{
    return seconds > 0 ? static_cast<double>(latencies.size()) / seconds : 0;
}

Client::Client(const Wire& wire) : home_(this_namespace())
{
    namespace_ = make_wire(wire, home_);
    must(::setns(home_.get(), CLONE_NEWNET) == 0, "setns");
}

Client::~Client() = default;

/// `may(sent, open, seconds)`: how many seconds it is until the next question may go; 0 or less: now.
template <typename May>
Load Client::run(const IpAddress& resolver, std::size_t questions, May may)
{
    constexpr double patience = 2;
    must(::setns(namespace_.get(), CLONE_NEWNET) == 0, "setns");
    const auto socket = datagrams(*IpAddress::parse("0.0.0.0"), client_port);
    must(::setns(home_.get(), CLONE_NEWNET) == 0, "setns");
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(53);
    std::memcpy(&to.sin_addr, resolver.bytes.data(), 4);
    must(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0, "connect");
    ::prctl(PR_SET_TIMERSLACK, 1'000UL);

    Load load;
    std::array<double, 0x10000> sent_at{};
    std::array<std::uint8_t, 512> bytes{};
    Packets packets;
    const auto start = Clock::now();
    double last = 0;
    std::size_t sent = 0;
    while (load.latencies.size() < questions) {
        double now = since(start), pause = patience;
        while (sent < questions && (pause = may(sent, sent - load.latencies.size(), now)) <= 0) {
            const auto id = static_cast<std::uint16_t>(sent);
            sent_at[id] = since(start);
            const auto size = question(bytes, id, ++asked_);
            (void)!::send(socket.get(), bytes.data(), size, 0);
            ++sent;
        }
        if (sent == questions) pause = patience;
        pollfd wait{socket.get(), POLLIN, 0};
        const auto nanoseconds = static_cast<long>(std::min(pause, patience) * 1e9);
        const timespec limit{nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
        (void)::ppoll(&wait, 1, &limit, nullptr);
        const auto count = packets.receive(socket, MSG_DONTWAIT);
        now = since(start);
        for (std::size_t i = 0; i < count; ++i) {
            const auto id = packets.all[i].bytes[0] << 8 | packets.all[i].bytes[1];
            load.latencies.push_back(now - sent_at[static_cast<std::size_t>(id)]);
        }
        if (count != 0) last = now;
        if (now - last > patience && sent > 0) break;
    }
    load.seconds = last;
    load.lost = questions - load.latencies.size();
    std::ranges::sort(load.latencies);
    return load;
}

Load Client::at_rate(const IpAddress& resolver, std::size_t questions, double rate)
{
    return run(resolver, questions,
               [rate](std::size_t sent, std::size_t, double now) { return static_cast<double>(sent) / rate - now; });
}

Load Client::at_once(const IpAddress& resolver, std::size_t questions, std::size_t on_their_way)
{
    return run(resolver, questions,
               [on_their_way](std::size_t, std::size_t open, double) { return open < on_their_way ? 0.0 : 2.0; });
}

} // namespace linkspan::bench
