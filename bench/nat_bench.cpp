/// Mapped NAT: a thousand connections with 32 networks on each side, written by us and by `nft -f`, and one of them
/// changed. In a network namespace of its own. Ratios are what counts.

#include "bench/nat_path.h"
#include "bench/shell.h"
#include "nft/nat_apply.h"
#include "nft/nat_observe.h"
#include "nft/nat_plan.h"

#include <fmt/format.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sched.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace {

using namespace linkspan;
using namespace linkspan::nft;

constexpr unsigned connections = 1000, networks = 32;

template <typename Work>
double milliseconds(Work&& work)
{
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

IpPrefix network(std::uint8_t first, unsigned number)
{
    auto address = IpAddress::any(Family::V4);
    address.bytes = {static_cast<std::uint8_t>(first + (number >> 16)), static_cast<std::uint8_t>(number >> 8),
                     static_cast<std::uint8_t>(number)};
    return {address, 24};
}

Nat sample()
{
    Nat nat;
    for (unsigned c = 0; c < connections; ++c) {
        auto& mouth = nat.mouths[{connection_id_first + c + 1}];
        mouth.connection = "c" + std::to_string(c);
        for (unsigned n = 0; n < networks; ++n) {
            mouth.remote.push_back({network(100, c * networks + n), network(10, n)});
            mouth.local.push_back({network(172, n), network(198, n)});
        }
    }
    return nat;
}

/// The same, as VTIs, whose packets are told by the link: no SA is needed to make one.
Nat by_link(unsigned count)
{
    auto nat = sample();
    while (nat.mouths.size() > count) nat.mouths.erase(std::prev(nat.mouths.end()));
    unsigned number = 0;
    for (auto& mouth : nat.mouths) mouth.second.link = {"ls-" + std::to_string(number++)};
    return nat;
}

/// The first connection's packets, beside nobody's and beside all the others.
void compare_packets()
{
    const auto source = *IpAddress::parse("10.0.9.7"), destination = *IpAddress::parse("198.0.5.7");
    const auto alone = bench::nanoseconds_per_packet(by_link(1), {"ls-0"}, source, destination);
    const auto among = bench::nanoseconds_per_packet(by_link(connections), {"ls-0"}, source, destination);
    fmt::print("a packet translated at both ends: {:.0f} ns with one connection, {:.0f} ns with {}, ratio {:.2f}\n",
               alone, among, connections, among / alone);
}

/// A port forwarded to a host by a rule of one of many connections, beside the same host mapped one to one.
void compare_rules()
{
    const bench::Mapped packet{
        {"ls-0"}, *IpAddress::parse("10.0.9.7"), *IpAddress::parse("198.0.5.7"), *IpAddress::parse("172.0.5.7"), 4500};
    Rules rules;
    for (unsigned c = 0; c < connections; ++c) {
        MappingRule rule{
            .from_here = false, .destination = {IpPrefix::host(packet.destination)}, .protocol = IPPROTO_UDP};
        rule.port_first = rule.port_last = packet.port;
        rule.destination_to = AddressRange{packet.host, packet.host};
        const auto number = std::to_string(c);
        rules.sets[{c + 1}] = {.name = {"c" + number},
                               .ends = {{{"ls-" + number}}, {}},
                               .remote = {network(c == 0 ? 10 : 100, c == 0 ? 9 : c)},
                               .rules = {rule}};
    }
    const auto costs = bench::compare_mapped(by_link(connections), rules, packet);
    fmt::print("{} connections, a packet of a session: mapped one to one {:.0f} ns, beside a firewall that tracks "
               "{:.0f} ns, by a rule "
               "{:.0f} ns, {:.2f} x the latter; the first of a session: {:.0f} and {:.0f} ns, {:.2f} x\n",
               connections, costs.plain, costs.plain_tracked, costs.ruled, costs.ruled / costs.plain_tracked,
               costs.plain_first, costs.ruled_first, costs.ruled_first / costs.plain_first);
}

/// The same maps as a person would write them.
std::string as_nft(const Elements& elements)
{
    std::string text = "table inet by_nft {\n";
    const MapId* map = nullptr;
    for (const auto& element : elements) {
        if (!map || *map != element.map)
            text += std::string{map ? " }\n}\n" : ""} + "map " + name_of(element.map) +
                    " {\ntype mark . ipv4_addr : ipv4_addr\nelements = { ";
        text += fmt::format("{:#x} . {} : {}, ", element.key.reqid.value, element.from.text(), element.to.text());
        map = &element.map;
    }
    return text + "} }\n}\n";
}

void must(const Result<>& result)
{
    if (result) return;
    fmt::print("{}\n", result.error().what);
    std::exit(1);
}

} // namespace

int main()
{
    if (::unshare(CLONE_NEWNET) != 0) return 1;
    auto socket = netlink::Socket::open(NETLINK_NETFILTER);
    if (!socket) return 1;
    auto nat = sample();
    const auto table = table_of(nat);
    const auto file = std::filesystem::temp_directory_path() / "linkspan-nat-bench.nft";
    std::ofstream{file} << as_nft(*table.elements);
    const auto theirs = milliseconds([&] {
        if (!bench::run({"nft", "-f", file.string()})) must(failure(Kind::Kernel, "nft -f failed"));
    });
    std::filesystem::remove(file);
    const auto ours = milliseconds([&] {
        for (const auto& op : plan(nat, {}).ops) must(apply(*socket, op));
    });
    fmt::print(
        "mapped NAT, {} connections x {} networks, {} elements: nft -f {:.0f} ms, linkspan {:.0f} ms, ratio {:.2f}\n",
        connections, networks, table.elements->size(), theirs, ours, ours / theirs);
    nat.mouths.begin()->second.local.front().outside = network(199, 0);
    const auto seen = observe_nat(*socket);
    if (!seen) return 1;
    const auto planned = plan(nat, *seen);
    const auto changes = changes_between(*seen, planned.ops.front().spec);
    must(apply(*socket, planned.ops.front()));
    fmt::print("one network of one connection changed: {} elements deleted, {} written\n", changes.gone.size(),
               changes.fresh.size());
    if (!plan(nat, *observe_nat(*socket)).ops.empty()) return 1;
    compare_packets();
    compare_rules();
    return 0;
}
