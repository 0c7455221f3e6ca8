/// Egress by names: what holding an answer costs the host that waits for it, how many answers a gateway gets through beside
/// dnsmasq, what one changed rule of many costs, and how much memory pins take. In network namespaces of its own; where the
/// kernel has no `queue` for nftables, through xt_NFQUEUE. Ratios are what counts.

#include "agent/compile_egress.h"
#include "agent/egress_doors.h"
#include "bench/dns_load.h"
#include "bench/samples.h"
#include "bench/shell.h"
#include "egress/sessions.h"
#include "egress/tap.h"
#include "nft/context.h"
#include "nft/egress_apply.h"
#include "nft/egress_observe.h"
#include "nft/egress_plan.h"

#include <fmt/format.h>
#include <linux/netlink.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

namespace {

using namespace linkspan;

constexpr std::size_t answers = 20'000, on_their_way = 64;
constexpr double rate = 10'000; ///< answers a second
constexpr unsigned rounds = 5;

const auto client_address = *IpAddress::parse("10.7.0.2"), gateway_address = *IpAddress::parse("10.7.0.1"),
           resolver_address = *IpAddress::parse("10.8.0.2");

void must(bool done, const std::string& what)
{
    if (done) return;
    fmt::print("{} failed\n", what);
    std::exit(1);
}

template <typename T>
T must(Result<T> result)
{
    if (!result) fmt::print("{}\n", result.error().what);
    if (!result) std::exit(1);
    if constexpr (!std::is_void_v<T>) return *std::move(result);
}

/// So many names, and a network for each tenth of them; by default all below bench.example, by which the load asks.
config::Config file(unsigned rules)
{
    config::Config config;
    config.gateway.uplink = {"wan"};
    config.egress.emplace();
    auto& egress = *config.egress;
    egress.resolvers = {resolver_address, gateway_address};
    egress.limits.addresses = egress.limits.addresses_per_client = 1'000'000; // dnsmasq has no limit either
    egress.tags.push_back({.name = "load", .allow = {*EgressRule::parse("*.bench.example:443/tcp")}});
    auto& many = egress.tags.emplace_back(config::EgressTag{.name = "many"});
    for (unsigned i = 0; i + 1 < rules; ++i)
        many.allow.push_back(*EgressRule::parse(i % 10 == 9 ? fmt::format("11.{}.{}.0/24:443/tcp", i / 256, i % 256)
                                                            : fmt::format("n{}.many.example:443/tcp", i)));
    egress.policies.push_back({.sources = {*IpPrefix::parse("10.7.0.0/24")}, .tags = {"load", "many"}});
    return config;
}

/// The table and the tap of a file, as the agent has them.
class Gateway {
public:
    explicit Gateway(const config::Config& config) : socket_(must(netlink::Socket::open(NETLINK_NETFILTER)))
    {
        write(config);
        tap_.emplace(agent::settings_of_table(journal_), *desired_.tap, agent::doors_of_kernel(), real_clock());
        for (const auto* chain : {"FORWARD", "OUTPUT"})
            must(bench::run({"iptables", "-A", chain, "-p", "udp", "--sport", "53", "-d", "10.7.0.0/24", "-j",
                             "NFQUEUE", "--queue-num", "5300", "--queue-bypass"}),
                 "iptables, for a queue");
    }
    Gateway(const Gateway&) = delete;
    Gateway& operator=(const Gateway&) = delete;
    ~Gateway()
    {
        (void)bench::run({"iptables", "-F"});
        tap_.reset();
        (void)nft::run("delete table inet linkspan_egress", "the table");
        std::filesystem::remove(journal_);
    }

    /// How many steps it took to have the table as the file says.
    std::size_t write(const config::Config& config)
    {
        desired_ = {};
        agent::compile_egress(config, {}, desired_);
        desired_.egress.holds = false; // by iptables, which every kernel takes
        const auto plan = nft::plan(desired_.egress, must(nft::observe_egress(socket_)));
        for (const auto& op : plan.ops) must(nft::apply(socket_, op, {}));
        return plan.ops.size();
    }
    /// What the agent does about another file.
    void follow(const config::Config& config)
    {
        write(config);
        tap_->follow(*desired_.tap);
    }
    [[nodiscard]] egress::TapReport report() { return tap_->report(); }
    [[nodiscard]] const agent::Desired& desired() const { return desired_; }
    [[nodiscard]] netlink::Socket& socket() { return socket_; }

private:
    netlink::Socket socket_;
    agent::Desired desired_;
    std::filesystem::path journal_ =
        std::filesystem::temp_directory_path() / fmt::format("linkspan-egress-bench-{}", ::getpid());
    std::optional<egress::Tap> tap_;
};

/// dnsmasq on the gateway, which asks the resolver and remembers nothing.
class Dnsmasq {
public:
    explicit Dnsmasq(const std::vector<std::string>& more)
    {
        std::vector<std::string> words{"dnsmasq",
                                       "--keep-in-foreground",
                                       "--conf-file=/dev/null",
                                       "--no-resolv",
                                       "--no-hosts",
                                       "--cache-size=0",
                                       "--dns-forward-max=10000",
                                       "--bind-interfaces",
                                       "--listen-address=" + gateway_address.text(),
                                       "--server=" + resolver_address.text(),
                                       "--pid-file=",
                                       "--user=root"};
        words.insert(words.end(), more.begin(), more.end());
        std::vector<char*> arguments;
        for (auto& word : words) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        child_ = ::fork();
        if (child_ == 0) {
            ::execvp(arguments.front(), arguments.data());
            ::_exit(127);
        }
    }
    Dnsmasq(const Dnsmasq&) = delete;
    Dnsmasq& operator=(const Dnsmasq&) = delete;
    ~Dnsmasq()
    {
        ::kill(child_, SIGTERM);
        ::waitpid(child_, nullptr, 0);
    }

private:
    pid_t child_ = 0;
};

bench::Load heard(bench::Load load, const std::string& what)
{
    if (load.lost != 0)
        fmt::print("  {}: {} of {} were not answered\n", what, load.lost, load.lost + load.latencies.size());
    return load;
}

/// At a given rate, a gateway that only forwards and one that holds, in turns.
void compare_latency(bench::Client& client)
{
    bench::Samples plain, held, tail, plain_tail;
    std::uint64_t pinned = 0;
    for (unsigned round = 0; round < rounds; ++round) {
        const auto forwarded = heard(client.at_rate(resolver_address, answers, rate), "forwarded");
        Gateway gateway{file(100)};
        const auto through = heard(client.at_rate(resolver_address, answers, rate), "held");
        pinned += gateway.report().pinned;
        plain.add(forwarded.percentile(0.5) * 1e6);
        held.add(through.percentile(0.5) * 1e6);
        plain_tail.add(forwarded.percentile(0.99) * 1e6);
        tail.add(through.percentile(0.99) * 1e6);
    }
    fmt::print(
        "{:.0f} answers a second, held until their 3 addresses are open ({} opened): p50 {:.0f} us, forwarded only "
        "{:.0f} us, added {:.0f} us (bound 100); p99 {:.0f} us, forwarded only {:.0f} us (bound 2000)\n",
        rate, pinned, held.median(), plain.median(), held.median() - plain.median(), tail.median(),
        plain_tail.median());
}

/// Names through the gateway as fast as they come: by dnsmasq on it, which writes addresses into a set, and through the tap.
void compare_throughput(bench::Client& client)
{
    bench::Samples dnsmasq, with_set, with_intervals, tapped, tapped_dnsmasq;
    const auto rate_of = [&](const IpAddress& resolver, std::size_t count, const char* what) {
        (void)client.at_once(resolver, 200, 1); // whoever has just started is ready then
        return heard(client.at_once(resolver, count, on_their_way), what).rate();
    };
    for (unsigned round = 0; round < 3; ++round) {
        {
            const Dnsmasq plain{{}};
            dnsmasq.add(rate_of(gateway_address, answers, "dnsmasq"));
        }
        for (const bool interval : {false, true}) {
            must(nft::run(fmt::format("add table inet peer\nadd set inet peer names {{ type ipv4_addr; flags {}; }}",
                                      interval ? "interval" : "timeout"),
                          "a set"));
            const Dnsmasq writes{{"--nftset=/bench.example/4#inet#peer#names"}};
            (interval ? with_intervals : with_set)
                .add(rate_of(gateway_address, interval ? 600 : 6'000, "dnsmasq --nftset"));
            must(nft::run("delete table inet peer", "a set"));
        }
        Gateway gateway{file(100)};
        tapped.add(rate_of(resolver_address, answers, "the tap"));
        const Dnsmasq plain{{}};
        tapped_dnsmasq.add(rate_of(gateway_address, answers, "dnsmasq and the tap"));
        const auto report = gateway.report();
        if (report.pinned < 6 * answers) fmt::print("  {} of {} addresses were opened\n", report.pinned, 6 * answers);
    }
    fmt::print(
        "answers a second, each with 3 new addresses: dnsmasq {:.0f}, with --nftset {:.0f} (hash), {:.0f} (intervals); "
        "through the tap {:.0f}, and by dnsmasq {:.0f}: {:.2f} x dnsmasq (bound 0.5), {:.1f} x --nftset (bound 10), "
        "{:.0f} x with intervals\n",
        dnsmasq.median(), with_set.median(), with_intervals.median(), tapped.median(), tapped_dnsmasq.median(),
        tapped.median() / dnsmasq.median(), tapped.median() / with_set.median(),
        tapped.median() / with_intervals.median());
}

void change_one_rule()
{
    constexpr unsigned rules = 10'000;
    auto config = file(rules);
    Gateway gateway{config};
    bench::Samples names, networks, connections;
    const auto settings = agent::settings_of_table({});
    std::size_t elements = 0;
    for (unsigned round = 0; round < 10; ++round) {
        auto& allow = config.egress->tags.back().allow;
        allow[rules / 2] = *EgressRule::parse(fmt::format("changed{}.example:443/tcp", round));
        names.add(1e3 * bench::time_of([&] { gateway.follow(config); }));
        connections.add(1e3 * bench::time_of([&] {
                            must(egress::revoke(gateway.socket(), settings.mark_open,
                                                {settings.mark_revoked, settings.mark_mask},
                                                [](const egress::Wanted&) { return true; }));
                        }));
        const auto before = must(nft::observe_egress(gateway.socket()));
        allow[rules / 2 + 9] = *EgressRule::parse(fmt::format("172.{}.0.0/24:443/tcp", 100 + round));
        networks.add(1e3 * bench::time_of([&] { gateway.follow(config); }));
        const auto changes = nft::changes_between(before, nft::table_of(gateway.desired().egress));
        must(!changes.chains && changes.fresh_sets.empty() && changes.gone_sets.empty(), "elements only");
        for (const auto* ranges : {&changes.fresh_ranges, &changes.gone_ranges})
            for (const auto& [set, some] : *ranges) elements += some.size();
    }
    fmt::print(
        "one rule of {} changed, from the file's value to the kernel: a name {:.1f} ms, a network {:.1f} ms, by {} "
        "elements each (bound 10 ms); of it the kernel's list of all connections, for those that end: {:.1f} ms\n",
        rules, names.median(), networks.median(), elements / 10, connections.median());
}

/// Bytes that this process has resident.
double resident()
{
    std::ifstream in{"/proc/self/statm"};
    double pages = 0;
    in >> pages >> pages;
    return pages * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

void keep_pins()
{
    constexpr unsigned pins = 100'000;
    agent::Desired desired;
    agent::compile_egress(file(100), {}, desired);
    const auto now = real_clock().now();
    const auto before = resident();
    egress::Inspector inspector{*desired.tap};
    for (unsigned i = 0; i < pins; ++i) {
        auto client = client_address;
        client.bytes[3] = static_cast<std::uint8_t>(i % 200);
        auto address = *IpAddress::parse("11.0.0.0");
        address.bytes = {11, static_cast<std::uint8_t>(i >> 16), static_cast<std::uint8_t>(i >> 8),
                         static_cast<std::uint8_t>(i)};
        const auto name = std::make_shared<const DnsName>(*DnsName::parse(fmt::format("n{}.bench.example", i)));
        (void)inspector.adopt({client, address, {name}, {0}, now + std::chrono::hours{1}}, now);
    }
    must(inspector.counts().pins == pins, "100,000 pins");
    fmt::print("{} pins by as many names: {:.0f} MB (bound 60)\n", pins, (resident() - before) / 1e6);
}

} // namespace

int main()
{
    keep_pins();
    must(::unshare(CLONE_NEWNET) == 0, "a network namespace");
    must(bench::run_batch("link set lo up\n"), "ip");
    std::ofstream{"/proc/sys/net/ipv4/ip_forward"} << "1\n";
    change_one_rule();
    bench::Client client{{"lan", gateway_address.text() + "/24", client_address.text() + "/24"}};
    const bench::Resolver resolver{{"wan", "10.8.0.1/24", resolver_address.text() + "/24"}, resolver_address.text()};
    compare_latency(client);
    compare_throughput(client);
    return 0;
}
